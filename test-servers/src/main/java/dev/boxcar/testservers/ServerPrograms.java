package dev.boxcar.testservers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tukaani.xz.XZInputStream;

/** Finds the servers that the build has copied, and unpacks them. A missing one is an error, never a reason to skip. */
final class ServerPrograms {

    private static final Properties PROPERTIES = load();

    private static final Path RENAMED_LIBAIO = Path.of("/usr/lib/x86_64-linux-gnu/libaio.so.1t64");

    private ServerPrograms() {}

    /** The folder with {@code bin}, {@code lib} and {@code share} of PostgreSQL. */
    static Path postgres(int version) {
        return unpacked("postgres." + version, (jar, folder) -> {
            ZipEntry entry = jar.stream()
                    .filter(candidate -> candidate.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
            untar(new XZInputStream(jar.getInputStream(entry)), folder);
        });
    }

    /** The folder with {@code bin}, {@code scripts} and {@code share} of MariaDB. */
    static Path mariaDb() {
        requireLinux("MariaDB", "BOXCAR_TEST_MARIADB_URL");
        return unpacked("mariadb", (jar, folder) -> {
            String marker = "/linux/";
            for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                int at = entry.getName().indexOf(marker);
                if (at < 0 || entry.isDirectory()) {
                    continue;
                }
                String name = entry.getName().substring(at + marker.length());
                Path file = folder.resolve(name);
                Files.createDirectories(folder.resolve(name.replaceFirst("/?[^/]*$", "")));
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, file);
                }
                if (name.startsWith("bin/") || name.startsWith("scripts/")) {
                    Files.setAttribute(file, "unix:mode", 0755);
                }
            }
        });
    }

    /** The folder with {@code bin} and {@code share} of MySQL. */
    static Path mySql() {
        requireLinux("MySQL", "BOXCAR_TEST_MYSQL_URL");
        return unpacked("mysql", (jar, folder) -> {
            ZipEntry entry = jar.getEntry("mysql-Linux-amd64.tar.gz");
            untar(new GZIPInputStream(jar.getInputStream(entry)), folder);
            // Newer distributions have renamed the library; the server looks for the old name beside itself first.
            if (Files.exists(RENAMED_LIBAIO)) {
                Files.createSymbolicLink(folder.resolve("bin/libaio.so.1"), RENAMED_LIBAIO);
            }
        });
    }

    /** The class path of the Kafka broker. */
    static String kafkaClassPath() {
        return classPath("kafka");
    }

    /** The class path of a server that runs in a JVM, with a logger that writes to standard error. */
    static String classPath(String key) {
        try {
            return Files.readString(file(key)).trim() + File.pathSeparator + file("kafka.logger");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version that the build has pinned, for example {@code 18.6.0} for {@code postgres.18}. */
    static String version(String key) {
        String name = property(key);
        return name.replaceFirst("\\.(jar|classpath)$", "").replaceFirst("^.*?-(?=\\d+\\.)", "");
    }

    private static Path unpacked(String key, Unpack unpack) {
        Path artifact = file(key);
        String name = artifact.getFileName().toString().replace(".jar", "");
        return StateFolder.get().program(name, folder -> {
            try (ZipFile jar = new ZipFile(artifact.toFile())) {
                unpack.into(jar, folder);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack " + artifact, e);
            }
        });
    }

    private static Path file(String key) {
        Path file = Path.of(property("directory"), property(key));
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("the server " + key + " is missing: " + file
                    + " does not exist; build with ./mvnw -Pall-servers, or with ./verify");
        }
        return file;
    }

    private static String property(String key) {
        String value = PROPERTIES.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("no server " + key + "; there are " + PROPERTIES.stringPropertyNames());
        }
        return value;
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream in = ServerPrograms.class.getResourceAsStream("servers.properties")) {
            if (in == null) {
                throw new IllegalStateException("servers.properties is missing: build with Maven");
            }
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireLinux(String name, String setting) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        if (!os.contains("linux") || !arch.equals("amd64")) {
            throw new IllegalStateException(name + " is here for Linux on x86-64 only, not for " + os + " on " + arch
                    + "; name a server that runs already with the setting " + setting);
        }
    }

    /** The system's tar keeps links and permissions; only xz is not there everywhere. */
    private static void untar(InputStream archive, Path folder) throws IOException {
        Process tar = new ProcessBuilder(List.of("tar", "-x", "-f", "-", "-C", folder.toString()))
                .redirectErrorStream(true)
                .start();
        try (archive;
                OutputStream in = tar.getOutputStream()) {
            archive.transferTo(in);
        }
        String output = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unpacking", e);
        }
    }

    private interface Unpack {
        void into(ZipFile jar, Path folder) throws IOException;
    }
}
