package dev.boxcar.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A certificate for 127.0.0.1 that a server signs itself, in the forms that servers and clients want. */
final class Certificate {

    static final String PASSWORD = "test-servers";

    private static final String ALIAS = "server";

    private final Path folder;

    private Certificate(Path folder) {
        this.folder = folder;
    }

    /** The certificate in this folder; made if it is not there. */
    static Certificate in(Path folder) {
        Certificate certificate = new Certificate(folder);
        if (!Files.exists(certificate.publicPart())) {
            certificate.make();
        }
        return certificate;
    }

    /** What clients trust, in PEM. */
    Path publicPart() {
        return folder.resolve("server.crt");
    }

    /** The key alone, in PEM. */
    Path key() {
        return folder.resolve("server.key");
    }

    /** Key and certificate, in PKCS12 with {@link #PASSWORD}. */
    Path store() {
        return folder.resolve("server.p12");
    }

    private void make() {
        StateFolder.createDirectory(folder);
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Processes.run(
                List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store().toString(),
                        "-storepass",
                        PASSWORD),
                folder,
                false);
        try (InputStream in = Files.newInputStream(store())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            Files.createFile(key(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    key(),
                    pem(
                            "PRIVATE KEY",
                            keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
            Files.writeString(
                    publicPart(), pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the certificate that keytool made", e);
        }
    }

    private static String pem(String kind, byte[] encoded) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN " + kind + "-----\n" + lines.encodeToString(encoded) + "\n-----END " + kind + "-----\n";
    }
}
