package dev.boxcar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Without this, a benchmark could say "complete, in order" of anything. Two keys: the first has three messages, the other one. */
class ArrivalsTest {

    private final Arrivals ordered = new Arrivals(new int[] {3, 1}, true);
    private final Arrivals unordered = new Arrivals(new int[] {3, 1}, false);

    @Test
    void allInOrderIsFine() {
        arrive(ordered, 0, 0, 1, 0, 0, 1, 0, 2);
        assertThat(ordered.verdict("here")).isZero();
    }

    @Test
    void nothingOfNothingIsFine() {
        assertThat(new Arrivals(new int[] {0}, true).verdict("here")).isZero();
    }

    @Test
    void aMissingMessageIsFound() {
        arrive(ordered, 0, 0, 0, 1, 0, 2);
        assertThatThrownBy(() -> ordered.verdict("here")).hasMessageContaining("here: 1 messages missing");
    }

    @Test
    void theLastMissingMessageOfAKeyIsFound() {
        arrive(unordered, 0, 0, 0, 1, 1, 0);
        assertThatThrownBy(() -> unordered.verdict("here")).hasMessageContaining("1 messages missing");
    }

    @Test
    void aDuplicateDoesNotStandForAMissingMessage() {
        arrive(ordered, 0, 0, 0, 1, 0, 1, 1, 0);
        assertThatThrownBy(() -> ordered.verdict("here"))
                .hasMessageContaining("1 messages missing")
                .hasMessageContaining("1 more than once");
    }

    @Test
    void duplicatesAreCountedAndDoNotBreakTheOrder() {
        arrive(ordered, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2, 1, 0, 0, 0);
        assertThat(ordered.verdict("here")).isEqualTo(3);
    }

    @Test
    void messagesOutOfOrderAreFoundWhereOrderIsPromised() {
        arrive(ordered, 0, 0, 0, 2, 0, 1, 1, 0);
        assertThatThrownBy(() -> ordered.verdict("here")).hasMessageContaining("1 out of order");
    }

    @Test
    void messagesOutOfOrderAreFineWhereItIsNot() {
        arrive(unordered, 0, 2, 0, 1, 1, 0, 0, 0);
        assertThat(unordered.verdict("here")).isZero();
    }

    @Test
    void aPlaceThatAKeyDoesNotHaveIsUnknown() {
        arrive(ordered, 0, 0, 0, 1, 0, 2, 1, 0, 1, 1);
        assertThatThrownBy(() -> ordered.verdict("here")).hasMessageContaining("1 that nobody wrote");
    }

    @Test
    void aKeyThatDoesNotExistIsUnknown() {
        arrive(unordered, 0, 0, 0, 1, 0, 2, 1, 0, 2, 0, -1, 0, 0, -1);
        assertThatThrownBy(() -> unordered.verdict("here")).hasMessageContaining("3 that nobody wrote");
    }

    /** Pairs of key and place. */
    private static void arrive(Arrivals arrivals, int... keysAndPlaces) {
        for (int i = 0; i < keysAndPlaces.length; i += 2) {
            arrivals.arrived(keysAndPlaces[i], keysAndPlaces[i + 1]);
        }
    }
}
