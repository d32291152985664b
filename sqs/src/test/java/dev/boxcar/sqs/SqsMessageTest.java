package dev.boxcar.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

class SqsMessageTest {

    private static SendMessageBatchRequestEntry made(Message message, boolean fifo) {
        return SqsMessage.of(Sqs.entry("orders", 7, message), fifo).inBatch("3");
    }

    private static String text(SendMessageBatchRequestEntry made, String name) {
        MessageAttributeValue value = made.messageAttributes().get(name);
        return value == null ? "(none)" : value.stringValue();
    }

    private static Map<String, String> headers(int count) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put("h" + i, "v" + i);
        }
        return headers;
    }

    @Test
    void headersAreAttributesAsLongAsThereIsRoom() {
        // id, time, namespace, key
        SendMessageBatchRequestEntry made = made(Message.of("k", "m").withHeaders(headers(6)), false);

        assertThat(made.messageAttributes()).hasSize(10).containsKeys("h0", "h5");
        assertThat(text(made, BoxcarAttributes.HEADERS)).isEqualTo("(none)");
    }

    @Test
    void headersWithoutRoomAreTogetherInOneAttribute() {
        SendMessageBatchRequestEntry made = made(Message.of("k", "m").withHeaders(headers(20)), false);

        assertThat(made.messageAttributes())
                .hasSize(10)
                .containsKeys("h0", "h4")
                .doesNotContainKey("h5");
        assertThat(Sqs.headers(text(made, BoxcarAttributes.HEADERS)))
                .hasSize(15)
                .containsEntry("h5", "v5")
                .containsEntry("h19", "v19");
    }

    @ParameterizedTest
    @CsvSource({"AWS.trace, v", "amazon.x, v", "a..b, v", ".a, v", "a b, v", "größe, v", "fine, ''"})
    void headersThatSqsDoesNotAllowAreThereToo(String name, String value) {
        SendMessageBatchRequestEntry made =
                made(Message.of("k", "m").withHeader(name, value).withHeader("trace", "t"), false);

        assertThat(made.messageAttributes()).containsKey("trace").doesNotContainKey(name);
        assertThat(Sqs.headers(text(made, BoxcarAttributes.HEADERS))).containsExactly(Map.entry(name, value));
    }

    @Test
    void whateverIsInAHeaderSqsAllowsTheAttributeThatHoldsIt() {
        String odd = "\u0001 \ufffe \ud83d\ude83 \"";

        String json = text(made(Message.of("k", "m").withHeader("odd", odd), false), BoxcarAttributes.HEADERS);

        assertThat(SqsText.isAllowed(json)).isTrue();
        assertThat(Sqs.headers(json)).containsEntry("odd", odd);
    }

    @Test
    void aHeaderDoesNotReplaceWhatTheOutboxKnows() {
        SendMessageBatchRequestEntry made = made(Message.of("k", "m").withHeader(BoxcarAttributes.ID, "x"), false);

        assertThat(text(made, BoxcarAttributes.ID)).isEqualTo("orders-7");
    }

    @Test
    void aTextIsTheBodyAndAnythingElseIsEncoded() {
        assertThat(made(Message.of("k", "grün \ud83d\ude83"), false).messageBody())
                .isEqualTo("grün \ud83d\ude83");
        assertThat(text(made(Message.of("k", "text"), false), BoxcarAttributes.BODY))
                .isEqualTo("(none)");
        assertThat(text(made(Message.of("k", "\u0001"), false), BoxcarAttributes.BODY))
                .isEqualTo("base64");
        assertThat(made(Message.of("k", "\u0001"), false).messageBody()).isEqualTo("AQ==");
        assertThat(text(made(Message.of("k", new byte[0]), false), BoxcarAttributes.BODY))
                .isEqualTo("empty");
    }

    @Test
    void groupAndIdAreThereForFifoQueuesOnly() {
        SendMessageBatchRequestEntry fifo = made(Message.of("customer-7", "m"), true);
        SendMessageBatchRequestEntry standard = made(Message.of("customer-7", "m"), false);

        assertThat(fifo.messageGroupId()).isEqualTo("customer-7");
        assertThat(fifo.messageDeduplicationId()).isEqualTo("orders-7");
        assertThat(standard.messageGroupId()).isNull();
        assertThat(standard.messageDeduplicationId()).isNull();
        assertThat(made(Message.of((byte[]) null, new byte[1]), true).messageGroupId())
                .isEqualTo("orders-7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with blank", "größe", "\u0001"})
    void aKeyThatIsNoIdentifierBecomesOne(String key) {
        assertThat(SqsText.identifier(key.getBytes(UTF_8)))
                .matches("sha256:[0-9a-f]{64}")
                .isNotEqualTo(SqsText.identifier("other key".getBytes(UTF_8)));
    }

    @Test
    void theLongestIdentifierHas128Characters() {
        assertThat(SqsText.identifier("k".repeat(128).getBytes(UTF_8))).isEqualTo("k".repeat(128));
        assertThat(SqsText.identifier("k".repeat(129).getBytes(UTF_8))).startsWith("sha256:");
    }
}
