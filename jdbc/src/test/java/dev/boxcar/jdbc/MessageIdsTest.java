package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageIdsTest {

    @Test
    void aDerivedIdIsAUuidOfVersionEight() {
        UUID id = UUID.fromString(MessageIds.derived(1_767_225_600_123_456L, 42));

        assertThat(id.version()).isEqualTo(8);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getLeastSignificantBits() & 0x3fff_ffff_ffff_ffffL).isEqualTo(42);
        assertThat((id.getMostSignificantBits() >>> 16) << 12 | (id.getMostSignificantBits() & 0xfff))
                .isEqualTo(1_767_225_600_123_456L);
    }

    @Test
    void aNumberThatIsHandedOutAgainMakesAnotherId() {
        assertThat(MessageIds.derived(1_000_001, 7)).isNotEqualTo(MessageIds.derived(1_000_002, 7));
    }

    @Test
    void idsOfAllTimesAndNumbersDiffer() {
        long[] times = {0, 1, 4_095, 4_096, 1L << 28, (1L << 59) - 1};
        long[] numbers = {1, 2, 1L << 47, 1L << 48, 1L << 61};
        Set<String> ids = new HashSet<>();
        for (long time : times) {
            for (long number : numbers) {
                ids.add(MessageIds.derived(time, number));
            }
        }
        assertThat(ids).hasSize(times.length * numbers.length);
    }
}
