package dev.boxcar.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CurveTest {

    private final Curve curve = new Curve(java.util.List.of("rate", "memory"));

    CurveTest() {
        for (int i = 0; i < 9; i++) {
            curve.add(i * 5, 100, i);
        }
    }

    @Test
    void comparesPartsOfTheTime() {
        assertThat(curve.median("rate", 0, 1)).isEqualTo(100);
        assertThat(curve.median("memory", 0, 1 / 3.0)).isEqualTo(1);
        assertThat(curve.median("memory", 2 / 3.0, 1)).isEqualTo(7);
    }

    @Test
    void isWrittenAndDrawn() {
        assertThat(curve.csv())
                .startsWith("second,rate,memory\n0.0,100.0,0.0\n")
                .hasLineCount(10);
        assertThat(curve.svg())
                .startsWith("<svg")
                .contains("rate; at most 100, over 40 s")
                .contains("memory; at most 8")
                .contains("920.0,24.0") // the last point, at the top of the first drawing
                .endsWith("</svg>\n");
    }

    @Test
    void wantsAllValues() {
        assertThatThrownBy(() -> curve.add(50, 1)).hasMessageContaining("1 values for 2 names");
    }
}
