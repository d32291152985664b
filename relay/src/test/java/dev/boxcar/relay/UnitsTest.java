package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({"250ms, 250", "2s, 2000", "5m, 300000", "5min, 300000", "1h, 3600000", "10 S, 10000", "0s, 0"})
    void aTimeIsANumberWithAUnit(String text, long millis) {
        assertThat(Units.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5d", "PT5S", "9999999999999s"})
    void anythingElseIsNoTime(String text) {
        assertThatThrownBy(() -> Units.duration(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 1000",
        "1k, 1024",
        "512KiB, 524288",
        "64MiB, 67108864",
        "8m, 8388608",
        "1GiB, 1073741824",
        "7b, 7"
    })
    void aSizeIsANumberOfBytesWithAnOptionalUnit(String text, long bytes) {
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5k", "1T", "999999999999GiB"})
    void anythingElseIsNoSize(String text) {
        assertThatThrownBy(() -> Units.bytes(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"340, 340 ms", "2500, 2.5 s", "250000, 4 min 10 s", "11100000, 3 h 5 min"})
    void peopleReadTimesInOneOrTwoUnits(long millis, String text) {
        assertThat(Units.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void theErrorQuotesWhatWasWrong() {
        assertThatThrownBy(() -> Units.duration("soon"))
                .hasMessageContaining("'soon'")
                .hasMessageContaining("250ms");
    }
}
