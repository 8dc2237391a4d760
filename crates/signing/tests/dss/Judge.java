import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The State's signatures as the European Commission's library judges them.
 *
 * <p>Arguments: the trusted roots (PEM), and a list of files to judge, or "-": then its lines are read one by one from the
 * standard input, and each is answered before the next is read. A line of the list: file, "lists" when the lists of revoked
 * certificates may be read beside it or "alone" when the file must prove everything itself, and the file that a detached
 * signature is over; with tabs between. Lists are all *.crl in the folder. Answers a line for each: file, format with level
 * of the last signature, indication, and why not.
 */
public final class Judge {
    public static void main(String[] args) throws Exception {
        CommonTrustedCertificateSource trusted = roots(Path.of(args[0]));
        if (args[1].equals("-")) {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(answer(trusted, line));
                System.out.flush();
            }
            return;
        }
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            System.out.println(answer(trusted, line));
        }
    }

    private static CommonTrustedCertificateSource roots(Path file) throws Exception {
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        try (InputStream input = Files.newInputStream(file)) {
            for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(input)) {
                trusted.addCertificate(new CertificateToken((X509Certificate) root));
            }
        }
        return trusted;
    }

    private static String answer(CommonTrustedCertificateSource trusted, String line) {
        String[] fields = line.split("\t");
        String answer;
        try {
            answer = judge(trusted, fields);
        } catch (Exception e) {
            answer = "-\tERROR\t" + e;
        }
        return fields[0] + "\t" + answer.replace('\n', ' ');
    }

    private static String judge(CommonTrustedCertificateSource trusted, String[] fields) throws Exception {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trusted);
        verifier.setAIASource(null);
        if (fields[1].equals("lists")) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(lists()));
        }
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(fields[0]));
        validator.setCertificateVerifier(verifier);
        if (fields.length > 2) {
            validator.setDetachedContents(List.<DSSDocument>of(new FileDocument(fields[2])));
        }
        SimpleReport report = validator.validateDocument().getSimpleReport();
        List<String> ids = report.getSignatureIdList();
        if (ids.isEmpty()) {
            return "-\tno signature\t";
        }
        // Each earlier signature must count too.
        for (String id : ids.subList(0, ids.size() - 1)) {
            if (!report.isValid(id)) {
                return answer(report, id);
            }
        }
        return answer(report, ids.get(ids.size() - 1));
    }

    private static String answer(SimpleReport report, String id) {
        List<String> why = new ArrayList<>();
        why.add(String.valueOf(report.getSubIndication(id)));
        report.getAdESValidationErrors(id).forEach(message -> why.add(message.getValue()));
        return report.getSignatureFormat(id) + "\t" + report.getIndication(id) + "\t" + String.join("; ", why);
    }

    private static InputStream[] lists() throws Exception {
        List<InputStream> open = new ArrayList<>();
        for (File file : new File(".").listFiles((folder, name) -> name.endsWith(".crl"))) {
            open.add(new FileInputStream(file));
        }
        return open.toArray(new InputStream[0]);
    }
}
