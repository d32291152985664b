package dev.boxcar.testservers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process that is never mistaken for a later one with the same number: the number, and when the process began. */
record ProcessIdentity(long pid, String start) {

    private static final Path PROC = Path.of("/proc");

    /** Counted from boot, and therefore not changed by somebody who sets the clock. */
    private static final int START_TICKS_AFTER_NAME = 19;

    static Optional<ProcessIdentity> of(long pid) {
        Path stat = PROC.resolve(Long.toString(pid)).resolve("stat");
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(handle -> handle.info().startInstant())
                    .map(started -> new ProcessIdentity(pid, "at-" + started.toEpochMilli()));
        }
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[0].equals("X") || (fields[0].equals("Z") && !hasOtherThreads(pid));
            return ended
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(pid, bootId() + "-" + fields[START_TICKS_AFTER_NAME]));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Reads what {@link #toString} wrote. */
    static Optional<ProcessIdentity> parse(String line) {
        String[] parts = line.trim().split(" ", 2);
        try {
            return parts.length == 2
                    ? Optional.of(new ProcessIdentity(Long.parseLong(parts[0]), parts[1]))
                    : Optional.empty();
        } catch (NumberFormatException halfWritten) {
            return Optional.empty();
        }
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** This process and all processes below it, as they are now; empty when it has gone. */
    List<ProcessIdentity> tree() {
        List<ProcessIdentity> tree = new ArrayList<>();
        if (isAlive()) {
            tree.add(this);
            ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .flatMap(handle -> of(handle.pid()).stream())
                    .forEach(tree::add);
        }
        return tree;
    }

    /** The first thread of a process may have ended before the others, which keep its ports. */
    private static boolean hasOtherThreads(long pid) {
        String[] threads =
                PROC.resolve(Long.toString(pid)).resolve("task").toFile().list();
        return threads != null && threads.length > 1;
    }

    private static String bootId() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).trim();
    }

    @Override
    public String toString() {
        return pid + " " + start;
    }
}
