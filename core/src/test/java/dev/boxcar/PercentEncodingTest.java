package dev.boxcar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PercentEncodingTest {

    @Test
    void whatIsNoVisibleAsciiIsEncoded() {
        assertThat(PercentEncoding.of("a b\"100%\u00fc~")).isEqualTo("a%20b%22100%25%C3%BC~");
        assertThat(PercentEncoding.of("note", "100%")).isEqualTo("100%25");
    }

    /** A baggage encodes its own values; encoded once more, nobody would find them. */
    @Test
    void headersOfTracesStayAsTheyAre() {
        String baggage = "user=J%C3%BCrgen;a=1, shop=7";
        assertThat(PercentEncoding.of("Baggage", baggage)).isEqualTo(baggage);
        assertThat(PercentEncoding.of("tracestate", "a=b c,d=\u00e9")).isEqualTo("a=b%20c,d=%C3%A9");
    }
}
