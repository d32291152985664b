package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How PostgreSQL is prepared, started and ended. */
record PostgresRecipe(int version, Map<String, String> settings, boolean secured) implements Recipe {

    @Override
    public String name() {
        return "PostgreSQL " + ServerPrograms.version(kind().replace('-', '.')).replaceFirst("\\.0$", "");
    }

    @Override
    public String kind() {
        return "postgres-" + version;
    }

    @Override
    public void prepareData(Path data) {
        Processes.run(
                List.of(
                        program("initdb"),
                        "--pgdata=" + data,
                        "--username=" + PostgresServer.USER,
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"),
                data,
                true);
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        List<String> command = new ArrayList<>(List.of(program("postgres"), "-D", data.toString()));
        Map<String, String> fixed = Map.of(
                "port", ports.get(0).toString(),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                // In the data folder, where nothing is left behind after a kill.
                "dynamic_shared_memory_type", "mmap");
        Map<String, String> defaults = Map.of("wal_level", "logical", "max_connections", "200");
        add(command, defaults);
        add(command, settings);
        add(command, fixed);
        if (secured) {
            add(command, security(data));
        }
        return command;
    }

    /** Everybody but the superuser needs TLS and a password. */
    private static Map<String, String> security(Path data) {
        Certificate certificate = Certificate.in(certificateFolder(data));
        Path access = data.resolve("secured_hba.conf");
        try {
            Files.writeString(
                    access,
                    "host all " + PostgresServer.USER + " 127.0.0.1/32 trust\n"
                            + "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List.of(certificateFolder(data), certificate.key(), certificate.publicPart(), access)
                .forEach(StateFolder::giveToNobody);
        return Map.of(
                "ssl", "on",
                "ssl_cert_file", certificate.publicPart().toString(),
                "ssl_key_file", certificate.key().toString(),
                "hba_file", access.toString());
    }

    static Path certificateFolder(Path data) {
        return data.resolve("certificate");
    }

    @Override
    public String readyLine() {
        return "database system is ready to accept connections";
    }

    /** Ends sessions and shuts down; TERM would wait for the sessions to end by themselves. */
    @Override
    public String stopSignal() {
        return "INT";
    }

    /** Without a checkpoint, yet not without giving its shared memory back. */
    @Override
    public String discardSignal() {
        return "QUIT";
    }

    @Override
    public boolean withoutRoot() {
        return true;
    }

    /** PostgreSQL that was killed leaves a small piece of System V shared memory, of which a system has only some. */
    static void releaseSharedMemory(Path data) {
        Path note = data.resolve("postmaster.pid");
        Path segments = Path.of("/proc/sysvipc/shm");
        if (!Files.isRegularFile(note) || !Files.isReadable(segments)) {
            return;
        }
        try {
            List<String> lines = Files.readAllLines(note);
            if (lines.size() < 7) {
                return;
            }
            String[] keyAndId = lines.get(6).trim().split(" +", -1);
            for (String line : Files.readAllLines(segments)) {
                String[] columns = line.trim().split(" +", -1);
                boolean unused =
                        columns[0].equals(keyAndId[0]) && columns[1].equals(keyAndId[1]) && columns[6].equals("0");
                if (unused) {
                    Processes.run(List.of("ipcrm", "-m", keyAndId[1]), data, false);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(List<String> command, Map<String, String> settings) {
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    }

    private String program(String name) {
        return ServerPrograms.postgres(version).resolve("bin").resolve(name).toString();
    }
}
