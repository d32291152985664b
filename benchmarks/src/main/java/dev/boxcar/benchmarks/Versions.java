package dev.boxcar.benchmarks;

import java.nio.file.Path;

/** Which version of a library runs. */
public final class Versions {

    private Versions() {}

    /** The name and version of the jar that a class is from, for example {@code kafka-clients-4.4.0}. */
    public static String of(Class<?> type) {
        String jar = Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return jar.replaceFirst("\\.jar$", "");
    }
}
