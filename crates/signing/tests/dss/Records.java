import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * An evidence record as the European Commission's library judges it.
 *
 * <p>Arguments: the record, the document, and the trusted roots (PEM). Answers a line: indication, how many timestamps, and
 * why not. Lists of revoked certificates are all *.crl in the folder.
 */
public final class Records {
    public static void main(String[] args) throws Exception {
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        for (int i = 2; i < args.length; i++) {
            trusted.addCertificate(DSSUtils.loadCertificate(new File(args[i])));
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trusted);
        verifier.setAIASource(null);
        verifier.setCrlSource(new ExternalResourcesCRLSource(lists()));
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(args[0]));
        validator.setCertificateVerifier(verifier);
        validator.setDetachedContents(List.<DSSDocument>of(new FileDocument(args[1])));
        SimpleReport report = validator.validateDocument().getSimpleReport();
        String id = report.getFirstEvidenceRecordId();
        int stamps = report.getEvidenceRecordTimestamps(id).size();
        StringBuilder why = new StringBuilder(String.valueOf(report.getSubIndication(id)));
        report.getAdESValidationErrors(id).forEach(message -> why.append("; ").append(message.getValue()));
        System.out.println(report.getIndication(id) + "\t" + stamps + "\t" + why);
    }

    private static InputStream[] lists() throws Exception {
        List<InputStream> open = new ArrayList<>();
        for (File file : new File(".").listFiles((folder, name) -> name.endsWith(".crl"))) {
            open.add(new FileInputStream(file));
        }
        return open.toArray(new InputStream[0]);
    }
}
