//! What was appended after a signature. Object by object, linear, and closed: what is not known to be harmless counts
//! as changed content (incremental saving, shadow and certified-document attacks).

use std::collections::BTreeSet;

use super::roles::Roles;
use super::verdict::Changes;
use crate::pdf::{Dict, Entry, Object, PdfError, Reader, Ref};

/// Objects that are looked at.
pub(super) const MAX_OBJECTS: usize = 50_000;

/// Whether a later signature answers for what was appended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Later {
    /// Yes: its stamp may be drawn on a page.
    Signed,
    /// No: nothing visible may appear.
    Unsigned,
    /// The document is certified as final: nothing may appear but timestamps over it.
    Closed,
}

/// Compares the revision that ends at `end` with the whole file.
pub(super) fn after(full: &Reader<'_>, end: usize, later: Later) -> Changes {
    let compare = || -> Result<bool, PdfError> {
        let signed = full.revision(end)?;
        Comparison { signed: &signed, full, end, later }.is_harmless()
    };
    // What can't be read can't be called harmless.
    if compare().unwrap_or(false) { Changes::Harmless } else { Changes::Content }
}

struct Comparison<'a> {
    signed: &'a Reader<'a>,
    full: &'a Reader<'a>,
    end: usize,
    later: Later,
}

type Judged = Result<bool, PdfError>;

impl Comparison<'_> {
    fn is_harmless(&self) -> Judged {
        let own = self.full.sections.iter().position(|s| s.at == self.signed.start);
        let Some(own) = own else { return Ok(false) };
        let newer = &self.full.sections[..own];
        if newer.is_empty() || newer.iter().any(|s| s.at < self.end) || !self.same_trailer() {
            return Ok(false);
        }
        // What the signed revision's end hides from some readers shows as soon as a later one says another end.
        if !matches!(self.signed.end(), Ok((_, true))) {
            return Ok(false);
        }
        if !self.full.data.trim_ascii_end().ends_with(b"%%EOF") {
            return Ok(false);
        }
        let mut numbers = BTreeSet::new();
        for section in newer {
            numbers.extend(section.numbers(MAX_OBJECTS)?);
        }
        let roles = Roles::read(self.signed)?;
        // What the signed revision names without having it shows as soon as a later one brings it (shadow attack).
        if !roles.missing.is_disjoint(&numbers) {
            return Ok(false);
        }
        for number in numbers {
            if !self.object_is_harmless(number, &roles)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn same_trailer(&self) -> bool {
        let same = |key| self.signed.trailer().get(key) == self.full.trailer().get(key);
        same("Root") && same("Info")
    }

    fn object_is_harmless(&self, number: u32, roles: &Roles) -> Judged {
        let (before, now) = (self.signed.entry(number)?, self.full.entry(number)?);
        // What is new and was not named before is seen only through an object that changed, and those are judged.
        if before == now || before == Entry::Free {
            return Ok(true);
        }
        let (old, new) = (self.signed.indirect(number)?, self.full.indirect(number)?);
        if old.stream.is_some() || new.stream.is_some() {
            return Ok(false);
        }
        if old.value == new.value || roles.validation.contains(&number) {
            return Ok(true);
        }
        match (&old.value, &new.value) {
            (Object::Dict(old), Object::Dict(new)) => self.dict_is_harmless(number, roles, old, new),
            (Object::Array(old), Object::Array(new)) => {
                Ok(roles.lists.contains(&number) && self.list_grew_by_signatures(old, new)?)
            }
            _ => Ok(false),
        }
    }

    fn dict_is_harmless(&self, number: u32, roles: &Roles, old: &Dict, new: &Dict) -> Judged {
        if new.repeats_a_key() {
            return Ok(false);
        }
        if number == roles.root {
            return Ok(same_but(old, new, &["AcroForm", "DSS", "Extensions"])
                && self.part_is_harmless(old, new, "AcroForm", Self::form_is_harmless)?);
        }
        if roles.form == Some(number) {
            return self.form_is_harmless(old, new);
        }
        if old.name("Type") == Some(b"Page") {
            return Ok(same_but(old, new, &["Annots", "Tabs"]) && self.list_is_harmless(old, new, "Annots")?);
        }
        // An empty signature field that was filled.
        Ok(old.name("FT") == Some(b"Sig") && old.get("V").is_none() && same_but(old, new, &["V"]))
    }

    fn form_is_harmless(&self, old: &Dict, new: &Dict) -> Judged {
        Ok(!new.repeats_a_key()
            && same_but(old, new, &["Fields", "SigFlags"])
            && self.list_is_harmless(old, new, "Fields")?)
    }

    /// A dictionary under `key`, when it stands there directly; as an object of its own it is judged by itself.
    fn part_is_harmless(
        &self,
        old: &Dict,
        new: &Dict,
        key: &str,
        judge: fn(&Self, &Dict, &Dict) -> Judged,
    ) -> Judged {
        if old.get(key) == new.get(key) {
            return Ok(true);
        }
        let before = self.signed.value(old, key)?;
        let now = self.full.value(new, key)?;
        let empty = Dict::default();
        match (before.as_dict().or(matches!(before, Object::Null).then_some(&empty)), now.as_dict()) {
            (Some(before), Some(now)) => judge(self, before, now),
            _ => Ok(false),
        }
    }

    fn list_is_harmless(&self, old: &Dict, new: &Dict, key: &str) -> Judged {
        let before = self.signed.value(old, key)?;
        let now = self.full.value(new, key)?;
        let before = before.as_array().unwrap_or_default();
        match &now {
            Object::Null => Ok(before.is_empty()),
            Object::Array(now) => self.list_grew_by_signatures(before, now),
            _ => Ok(false),
        }
    }

    fn list_grew_by_signatures(&self, old: &[Object], new: &[Object]) -> Judged {
        let Some(added) = new.strip_prefix(old) else { return Ok(false) };
        for object in added {
            if !self.is_signature_field(object)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_signature_field(&self, object: &Object) -> Judged {
        let Some(Ref { number, .. }) = object.as_ref() else { return Ok(false) };
        // It must be new: an old object could be drawn here that was hidden before.
        if self.signed.entry(number)? != Entry::Free {
            return Ok(false);
        }
        let Some(field) = self.full.dict(object)? else { return Ok(false) };
        let invisible = self.shows_nothing(&field)? && has_no_area(&field);
        Ok(!field.repeats_a_key()
            && field.name("FT") == Some(b"Sig")
            && field.name("Subtype") == Some(b"Widget")
            && field.get("Kids").is_none()
            && field.get("A").is_none()
            && field.get("AA").is_none()
            && match self.later {
                Later::Signed => true,
                Later::Unsigned => invisible,
                Later::Closed => invisible && self.is_stamp(&field)?,
            })
    }

    /// No appearance, or one that draws nothing.
    fn shows_nothing(&self, field: &Dict) -> Judged {
        if field.get("AP").is_none() {
            return Ok(true);
        }
        let appearance = self.full.value(field, "AP")?;
        let [(name, Object::Ref(normal))] = appearance.as_dict().map_or(&[][..], |d| d.0.as_slice()) else {
            return Ok(false);
        };
        let (_, drawn) = self.full.stream(normal.number)?;
        Ok(name == b"N" && drawn.is_empty())
    }

    fn is_stamp(&self, field: &Dict) -> Judged {
        let Some(value) = field.get("V") else { return Ok(false) };
        let value = self.full.dict(value)?;
        Ok(value.is_some_and(|v| v.name("Type") == Some(b"DocTimeStamp")))
    }
}

/// Whether the place of a field is a point.
fn has_no_area(field: &Dict) -> bool {
    let is_zero = |n: &Object| match n {
        Object::Int(n) => *n == 0,
        Object::Real(text) => !text.is_empty() && text.iter().all(|b| b"0.".contains(b)),
        _ => false,
    };
    field.get("Rect").and_then(Object::as_array).is_some_and(|r| r.iter().all(is_zero))
}

fn same_but(old: &Dict, new: &Dict, except: &[&str]) -> bool {
    let kept = |d: &Dict| -> Vec<(Vec<u8>, Object)> {
        let mut kept: Vec<_> =
            d.0.iter().filter(|(k, _)| !except.iter().any(|e| e.as_bytes() == k)).cloned().collect();
        kept.sort_by(|a, b| a.0.cmp(&b.0));
        kept
    };
    kept(old) == kept(new)
}
