package dev.boxcar.testservers;

import java.util.Optional;

/** Settings of the test servers: a system property, or else the environment variable of the same name. */
final class Settings {

    private Settings() {}

    static Optional<String> get(String name) {
        return Optional.ofNullable(System.getProperty(name))
                .or(() -> Optional.ofNullable(System.getenv(name)))
                .filter(value -> !value.isBlank());
    }
}
