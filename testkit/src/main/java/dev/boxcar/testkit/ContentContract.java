package dev.boxcar.testkit;

import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.NamespaceFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every byte and every character comes back as it was written. */
interface ContentContract<T> extends StoragePart<T> {

    private ClaimedEntry writtenAndRead(String namespace, Message message) {
        driver().write(namespace, message);
        List<ClaimedEntry> entries = driver().entries();
        return entries.get(entries.size() - 1);
    }

    @Test
    default void keysAndPayloadsHoldEveryByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        ClaimedEntry entry = writtenAndRead("", Message.of(all, all));

        assertThat(entry.key()).isEqualTo(all);
        assertThat(entry.payload()).isEqualTo(all);
    }

    @Test
    default void aMessageMayHaveNoKeyAndAnEmptyPayload() {
        ClaimedEntry entry = writtenAndRead("", Message.of((byte[]) null, new byte[0]));

        assertThat(entry.key()).isNull();
        assertThat(entry.payload()).isEmpty();
        assertThat(entry.headers()).isEmpty();
        assertThat(entry.type()).isNull();
    }

    @Test
    default void anEmptyKeyIsAKey() {
        assertThat(writtenAndRead("", Message.of(new byte[0], new byte[] {1})).key())
                .isEqualTo(new byte[0]);
    }

    @Test
    default void keysThatDifferInCaseOrInTrailingBytesAreDifferentKeys() {
        List<byte[]> keys =
                List.of(new byte[] {'a'}, new byte[] {'A'}, new byte[] {'a', ' '}, new byte[] {'a', 0}, new byte[] {0});
        keys.forEach(key -> driver().write("", Message.of(key, new byte[] {1})));

        assertThat(driver().entries()).extracting(ClaimedEntry::key).containsExactlyElementsOf(keys);
    }

    @Test
    default void everythingMayBeAsLargeAsTheDefaultLimitsAllow() {
        byte[] key = new byte[MessageLimits.DEFAULT.maxKeyBytes()];
        new Random(1).nextBytes(key);
        byte[] payload = new byte[MessageLimits.DEFAULT.maxPayloadBytes()];
        new Random(2).nextBytes(payload);
        Map<String, String> headers = Map.of("h", "x".repeat(MessageLimits.DEFAULT.maxHeaderBytes() - 1));
        String name = "\uD83D\uDE83".repeat(MessageLimits.MAX_NAME_LENGTH / 2);
        Message message = new Message(key, payload, headers, name, name);
        MessageLimits.DEFAULT.check(message);
        String namespace = "\uD83D\uDE83".repeat(OutboxContext.MAX_NAMESPACE_LENGTH / 2);

        ClaimedEntry entry = writtenAndRead(namespace, message);

        assertThat(entry.namespace()).isEqualTo(namespace);
        assertThat(entry.key()).isEqualTo(key);
        assertThat(entry.payload()).isEqualTo(payload);
        assertThat(entry.headers()).isEqualTo(headers);
        assertThat(entry.type()).isEqualTo(name);
        assertThat(entry.messageId()).isEqualTo(name);
    }

    @Test
    default void headersHoldEveryTextAndKeepTheirOrder() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z last letter first", "1");
        headers.put("empty", "");
        headers.put("quotes \" ' ` and \\ backslashes \\n", "{\"json\": [1, \"two\"], 'sql': '; drop table --'}");
        headers.put("lines", "a\nb\r\nc\td\u0001\u001f\u007f");
        headers.put("ünïcødé \uD83D\uDE83", "日本語 \uD83D\uDE83 \u2028 \uFFFD \uFFFF");
        headers.put("signs", "=:;,&%$#@!?/+~^|<>()[]{} ");
        headers.put("Case", "upper");
        headers.put("case", "lower");
        headers.put(" ", " ");
        ClaimedEntry entry = writtenAndRead("", message("k", "p").withHeaders(headers));

        assertThat(entry.headers()).containsExactlyEntriesOf(headers);
    }

    @Test
    default void namespacesThatLookAlikeAreKeptApart() {
        List<String> namespaces =
                List.of("", "orders", "Orders", "orders ", " orders", "örders", "orders\uD83D\uDE83", "null", "%", "'");
        namespaces.forEach(namespace -> driver().write(namespace, message("k", "in " + namespace)));

        assertThat(driver().entries()).extracting(ClaimedEntry::namespace).containsExactlyElementsOf(namespaces);
        for (String namespace : namespaces) {
            StorageReader only = driver().reader(driver().allPartitions(), NamespaceFilter.only(Set.of(namespace)));
            assertThat(StorageDriver.texts(only.readOn(100)))
                    .as("only '%s'", namespace)
                    .containsExactly("in " + namespace);
        }
    }

    @Test
    default void whatIsReadSaysNothingOfTheContentInItsText() {
        ClaimedEntry entry =
                writtenAndRead("", message("secret-key", "secret-payload").withHeader("h", "secret-header"));

        assertThat(entry.toString()).doesNotContain("secret");
        assertThat(driver().stored().toString()).doesNotContain("secret");
    }
}
