package dev.boxcar.examples.bank;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the demo does.
 *
 * @param time how long money is moved
 * @param transfers how many transfers are made instead, or null
 * @param accounts how many accounts there are
 * @param writers how many writers move money at once
 * @param sabotage which guarantee is broken on purpose
 */
record DemoSettings(Duration time, @Nullable Integer transfers, int accounts, int writers, Sabotage.Mode sabotage) {

    DemoSettings {
        if (time.toSeconds() < 3 || time.toSeconds() > 3_600) {
            throw new IllegalArgumentException("--seconds must be from 3 to 3600: a relay is killed in between");
        }
        if (transfers != null && transfers < 100) {
            throw new IllegalArgumentException("--transfers must be at least 100: a relay is killed in between");
        }
        if (accounts < 2 || accounts > 1_000_000) {
            throw new IllegalArgumentException("--accounts must be from 2 to 1000000");
        }
        if (writers < 1 || writers > 64) {
            throw new IllegalArgumentException("--writers must be from 1 to 64");
        }
    }
}
