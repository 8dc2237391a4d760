//! PDF objects as values, and how they are written.

/// An indirect object's name: number and generation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Ref {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

/// A value. Numbers that are not plain integers stay as they were written.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    Real(Vec<u8>),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Ref(Ref),
    /// A stream to write; its length is set when it is written.
    Stream(Dict, Vec<u8>),
    /// Bytes to write as they are: the parts of fixed width of a signature dictionary.
    Verbatim(Vec<u8>),
}

/// A dictionary, in the order of the file.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Dict(pub(crate) Vec<(Vec<u8>, Object)>);

impl Dict {
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().find(|(k, _)| k == key.as_bytes()).map(|(_, v)| v)
    }

    pub(crate) fn set(&mut self, key: &str, value: Object) {
        match self.0.iter_mut().find(|(k, _)| k == key.as_bytes()) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.as_bytes().to_vec(), value)),
        }
    }

    pub(crate) fn with(mut self, key: &str, value: Object) -> Self {
        self.set(key, value);
        self
    }

    /// Whether a key stands twice: readers differ on which one counts.
    pub(crate) fn repeats_a_key(&self) -> bool {
        let mut keys: Vec<&[u8]> = self.0.iter().map(|(k, _)| k.as_slice()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    pub(crate) fn name(&self, key: &str) -> Option<&[u8]> {
        match self.get(key) {
            Some(Object::Name(name)) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Object::Int(n)) => Some(*n),
            _ => None,
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&[u8]> {
        match self.get(key) {
            Some(Object::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Object {
    pub(crate) fn name_of(text: &str) -> Self {
        Self::Name(text.as_bytes().to_vec())
    }

    /// A text string: ASCII as it is, everything else in UTF-16BE with its mark (ISO 32000-1 §7.9.2.2).
    pub(crate) fn text_of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Text(text.as_bytes().to_vec());
        }
        let mut bytes = vec![0xfe, 0xff];
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        Self::Text(bytes)
    }

    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_ref(&self) -> Option<Ref> {
        if let Self::Ref(r) = self { Some(*r) } else { None }
    }

    /// Writes the value.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Bool(true) => out.extend(b"true"),
            Self::Bool(false) => out.extend(b"false"),
            Self::Int(n) => out.extend(n.to_string().bytes()),
            Self::Real(raw) | Self::Verbatim(raw) => out.extend(raw),
            Self::Name(name) => write_name(name, out),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(dict) => {
                out.extend(b"<<");
                for (key, value) in &dict.0 {
                    write_name(key, out);
                    // Only these begin with a delimiter of their own.
                    if !matches!(value, Self::Name(_) | Self::Text(_) | Self::Array(_) | Self::Dict(_)) {
                        out.push(b' ');
                    }
                    value.write(out);
                }
                out.extend(b">>");
            }
            Self::Stream(dict, bytes) => {
                let length = Self::Int(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
                Self::Dict(dict.clone().with("Length", length)).write(out);
                out.extend(b"\nstream\n");
                out.extend(bytes);
                out.extend(b"\nendstream");
            }
            Self::Ref(r) => out.extend(format!("{} {} R", r.number, r.generation).bytes()),
        }
    }
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &b in name {
        if b.is_ascii_graphic()
            && !matches!(b, b'#' | b'/' | b'%' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}')
        {
            out.push(b);
        } else {
            out.extend(format!("#{b:02X}").bytes());
        }
    }
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().all(|b| matches!(b, b' '..=b'~')) {
        out.push(b'(');
        for &b in text {
            if matches!(b, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(b);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend(hex::encode_upper(text).bytes());
        out.push(b'>');
    }
}

/// Decodes a text string: UTF-16BE or UTF-8 with their marks, else byte by byte.
pub(crate) fn decode_text(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let units: Vec<u16> = rest.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|b| char::from(*b)).collect()
}
