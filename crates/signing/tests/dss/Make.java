import eu.europa.esig.dss.asic.cades.ASiCWithCAdESSignatureParameters;
import eu.europa.esig.dss.asic.cades.signature.ASiCWithCAdESService;
import eu.europa.esig.dss.asic.xades.ASiCWithXAdESSignatureParameters;
import eu.europa.esig.dss.asic.xades.signature.ASiCWithXAdESService;
import eu.europa.esig.dss.cades.CAdESSignatureParameters;
import eu.europa.esig.dss.cades.signature.CAdESService;
import eu.europa.esig.dss.enumerations.ASiCContainerType;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.JWSSerializationType;
import eu.europa.esig.dss.enumerations.SigDMechanism;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.jades.JAdESSignatureParameters;
import eu.europa.esig.dss.jades.signature.JAdESService;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.service.http.commons.TimestampDataLoader;
import eu.europa.esig.dss.service.tsp.OnlineTSPSource;
import eu.europa.esig.dss.signature.AbstractSignatureParameters;
import eu.europa.esig.dss.signature.DocumentSignatureService;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.signature.XAdESService;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Signatures as the European Commission's library makes them, for others to judge.
 *
 * <p>Works in the current folder: key.p8, signer.pem, issuing.pem, ca.pem, *.crl; data.xml and data.pdf are signed. Argument:
 * the address of a timestamp authority. Writes a file for each format, packaging and level, and a line for each: file, and the
 * file that it is over when that is beside it.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
public final class Make {
    private static PrivateKey key;
    private static CertificateToken signer;
    private static CertificateToken issuing;
    private static CommonCertificateVerifier verifier;
    private static OnlineTSPSource stamps;

    public static void main(String[] args) throws Exception {
        byte[] pkcs8 = Files.readAllBytes(Path.of("key.p8"));
        key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        signer = DSSUtils.loadCertificate(new File("signer.pem"));
        issuing = DSSUtils.loadCertificate(new File("issuing.pem"));
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        trusted.addCertificate(DSSUtils.loadCertificate(new File("ca.pem")));
        verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trusted);
        verifier.setAIASource(null);
        verifier.setCrlSource(new ExternalResourcesCRLSource(lists()));
        stamps = new OnlineTSPSource(args[0], new TimestampDataLoader());
        for (String level : List.of("B", "T", "LT", "LTA")) {
            for (String kind : List.of("pdf", "p7s", "p7m", "enveloped.xml", "enveloping.xml", "detached.xml", "internal.xml",
                    "jose", "json", "detached.json", "scs", "sce", "asics", "asice")) {
                if (kind.equals("jose") && !level.equals("B")) {
                    continue;
                }
                String name = "dss-" + level + "." + kind;
                try {
                    make(name, kind, level);
                    boolean beside = kind.equals("p7s") || kind.startsWith("detached");
                    System.out.println(name + (beside ? "\tdata.xml" : "\t"));
                } catch (Exception e) {
                    System.err.println(name + ": " + e);
                    e.printStackTrace();
                }
            }
        }
    }

    private static void make(String name, String kind, String level) throws Exception {
        DSSDocument data = new FileDocument(kind.equals("pdf") ? "data.pdf" : "data.xml");
        AbstractSignatureParameters parameters;
        DocumentSignatureService service;
        String family;
        switch (kind) {
            case "pdf" -> {
                parameters = new PAdESSignatureParameters();
                service = new PAdESService(verifier);
                family = "PAdES";
            }
            case "p7s", "p7m" -> {
                parameters = new CAdESSignatureParameters();
                parameters.setSignaturePackaging(kind.equals("p7s") ? SignaturePackaging.DETACHED : SignaturePackaging.ENVELOPING);
                service = new CAdESService(verifier);
                family = "CAdES";
            }
            case "enveloped.xml", "enveloping.xml", "detached.xml", "internal.xml" -> {
                parameters = new XAdESSignatureParameters();
                parameters.setSignaturePackaging(switch (kind) {
                    case "enveloped.xml" -> SignaturePackaging.ENVELOPED;
                    case "enveloping.xml" -> SignaturePackaging.ENVELOPING;
                    case "detached.xml" -> SignaturePackaging.DETACHED;
                    default -> SignaturePackaging.INTERNALLY_DETACHED;
                });
                service = new XAdESService(verifier);
                family = "XAdES";
            }
            case "jose", "json", "detached.json" -> {
                JAdESSignatureParameters own = new JAdESSignatureParameters();
                own.setJwsSerializationType(kind.equals("jose") ? JWSSerializationType.COMPACT_SERIALIZATION
                        : JWSSerializationType.FLATTENED_JSON_SERIALIZATION);
                own.setSignaturePackaging(kind.startsWith("detached") ? SignaturePackaging.DETACHED : SignaturePackaging.ENVELOPING);
                if (kind.startsWith("detached")) {
                    own.setSigDMechanism(SigDMechanism.OBJECT_ID_BY_URI_HASH);
                }
                parameters = own;
                service = new JAdESService(verifier);
                family = "JAdES";
            }
            case "scs", "sce" -> {
                ASiCWithCAdESSignatureParameters own = new ASiCWithCAdESSignatureParameters();
                own.aSiC().setContainerType(kind.equals("scs") ? ASiCContainerType.ASiC_S : ASiCContainerType.ASiC_E);
                parameters = own;
                service = new ASiCWithCAdESService(verifier);
                family = "CAdES";
            }
            default -> {
                ASiCWithXAdESSignatureParameters own = new ASiCWithXAdESSignatureParameters();
                own.aSiC().setContainerType(kind.equals("asics") ? ASiCContainerType.ASiC_S : ASiCContainerType.ASiC_E);
                parameters = own;
                service = new ASiCWithXAdESService(verifier);
                family = "XAdES";
            }
        }
        service.setTspSource(stamps);
        parameters.setSignatureLevel(SignatureLevel.valueOf(family + "_BASELINE_" + level));
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setEncryptionAlgorithm(EncryptionAlgorithm.ECDSA);
        parameters.setSigningCertificate(signer);
        parameters.setCertificateChain(signer, issuing);
        byte[] input = service.getDataToSign(data, parameters).getBytes();
        Signature engine = Signature.getInstance("SHA256withECDSA");
        engine.initSign(key);
        engine.update(input);
        SignatureValue value = new SignatureValue(SignatureAlgorithm.ECDSA_SHA256, engine.sign());
        DSSDocument signed = service.signDocument(data, parameters, value);
        signed.save(name);
    }

    private static InputStream[] lists() throws Exception {
        List<InputStream> open = new ArrayList<>();
        for (File file : new File(".").listFiles((folder, name) -> name.endsWith(".crl"))) {
            open.add(new FileInputStream(file));
        }
        return open.toArray(new InputStream[0]);
    }
}
