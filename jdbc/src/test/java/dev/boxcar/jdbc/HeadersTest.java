package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    @Test
    void noHeadersAreNull() throws Exception {
        assertThat(Headers.write(Map.of())).isNull();
        assertThat(Headers.read(null)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgainInItsOrder() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z", "");
        headers.put("a \"quoted\" \\ name", "line\nbreak\ttab\u0001 \u007f € \ud83d\ude00 </script>");
        headers.put("", "{\"not\":\"nested\"}");

        String json = Headers.write(headers);

        assertThat(Headers.read(json)).containsExactlyEntriesOf(headers);
        assertThat(json).doesNotContain("\n");
    }

    @Test
    void otherWritersMayUseWhiteSpaceEscapesNumbersAndBooleans() throws Exception {
        assertThat(
                        Headers.read(
                                " {\n\"a\" : \"\\u00e9\\/\\b\\f\\n\\r\\t\\\"\\\\\" ,\t\"n\":-12.50e+3, \"i\":0,\"t\":true,\"f\": false } "))
                .containsExactly(
                        entry("a", "é/\b\f\n\r\t\"\\"),
                        entry("n", "-12.50e+3"),
                        entry("i", "0"),
                        entry("t", "true"),
                        entry("f", "false"));
        assertThat(Headers.read("{}")).isEmpty();
        assertThat(Headers.read("{ }")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"a\"",
                "{",
                "}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{\"a\":null}",
                "{\"a\":{}}",
                "{\"a\":[1]}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":+1}",
                "{\"a\":NaN}",
                "{\"a\":True}",
                "{\"a\":\"",
                "{\"a\":\"\\\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":1} x",
                "{\"a\":1}{}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":\"1\" \"b\":\"2\"}",
                "{'a':1}"
            })
    void whatIsNotAFlatObjectIsRefusedWithThePlaceButWithoutTheText(String json) {
        assertThatThrownBy(() -> Headers.read(json))
                .isInstanceOf(Headers.MalformedException.class)
                .hasMessageMatching("its headers are not a flat JSON object of strings: .* \\(at character \\d+\\)");
    }

    @Test
    void aRefusalDoesNotQuoteTheHeaders() {
        assertThatThrownBy(() -> Headers.read("{\"password\":secret}"))
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("password");
    }
}
