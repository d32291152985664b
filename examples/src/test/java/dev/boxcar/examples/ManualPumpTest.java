package dev.boxcar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualPumpTest {

    @Test
    void pumpsWhatWasCommittedInItsOrder() {
        List<String> received = new ArrayList<>();

        int published = ManualPump.carry(List.of("one", "two", "three"), received::add);

        assertThat(published).isEqualTo(3);
        assertThat(received).containsExactly("one", "two", "three");
    }
}
