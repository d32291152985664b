package dev.boxcar.examples.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that goes when it is closed, or else with the virtual machine. */
public final class TemporaryFolder implements AutoCloseable {

    private final Path path;
    private final Thread hook = new Thread(this::delete, "temporary-folder-end");

    /** @param program what its name tells of its owner */
    public TemporaryFolder(String program) throws IOException {
        path = Files.createTempDirectory("boxcar-" + program + "-");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("boxcar: " + path + " could not be deleted: " + e);
        }
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The virtual machine is ending: the hook runs, and finds nothing.
        }
    }
}
