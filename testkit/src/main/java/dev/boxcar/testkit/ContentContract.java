package dev.boxcar.testkit;

import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
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
    default void everyByteIsAKeyAndAPayloadOfItsOwn() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            byte[] one = {(byte) i};
            messages.add(new Message(one, one, Map.of(), null, "id-" + i));
        }
        driver().write("", messages);

        List<ClaimedEntry> entries = driver().entries();
        assertThat(entries).hasSize(256);
        for (ClaimedEntry entry : entries) {
            byte[] one = {(byte) Integer.parseInt(entry.messageId().substring(3))};
            assertThat(entry.key()).isEqualTo(one);
            assertThat(entry.payload()).isEqualTo(one);
        }
    }

    @Test
    default void headersMayBeManyOrHaveAllBytesInOneNameOrValue() {
        int limit = MessageLimits.DEFAULT.maxHeaderBytes();
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < limit / 8; i++) {
            many.put("h%06d".formatted(i), "v");
        }
        // Escaped, these take six times the space.
        Map<String, String> escaped = Map.of("h", "\u0001".repeat(limit - 1));
        Map<String, String> quoted = Map.of("\"".repeat(limit / 2), "\\".repeat(limit / 2));
        Map<String, String> wide = Map.of("\uD83D\uDE83".repeat(limit / 4), "");
        for (Map<String, String> headers : List.of(many, escaped, quoted, wide)) {
            Message message = message("k", "p").withHeaders(headers);
            MessageLimits.DEFAULT.check(message);

            assertThat(writtenAndRead("", message).headers()).containsExactlyEntriesOf(headers);
        }
    }

    @Test
    default void textsThatLookLikeStatementsAreOnlyTexts() {
        List<String> texts = List.of(
                "'; delete from boxcar_outbox; --",
                "\" or \"\"=\"",
                "` or 1=1 #",
                "\\'; drop table boxcar_outbox; --",
                "$$; select 1; $$",
                "${outbox} ?::int :name {fn now()} {d '1'}",
                "%' or '_",
                "\u02bc\uff07\u2019; drop table boxcar_outbox",
                "1) or (1=1",
                "/* */ union select null --");
        for (String text : texts) {
            ClaimedEntry entry = writtenAndRead(
                    text,
                    Message.of(text, text).withHeader(text, text).withType(text).withId(text));

            assertThat(entry.namespace()).isEqualTo(text);
            assertThat(entry.headers()).containsExactlyEntriesOf(Map.of(text, text));
            assertThat(entry.type()).isEqualTo(text);
            assertThat(entry.messageId()).isEqualTo(text);
            StorageReader only = driver().reader(driver().allPartitions(), NamespaceFilter.only(Set.of(text)));
            assertThat(StorageDriver.texts(only.readOn(100))).containsExactly(text);
        }
        Session session = driver().join("'; delete from boxcar_outbox_claim; --", StorageDriver.LONG);
        Map<Integer, Claim> claims = driver().takeAll(session, StorageDriver.LONG);
        assertThat(claims).hasSize(driver().storage().partitions());
        for (StoredEntry stored : driver().stored()) {
            driver().storage()
                    .settle(
                            session,
                            StorageDriver.dead(claims, stored, 1, stored.entry().namespace()));
        }
        for (String text : texts) {
            DeadLetterQuery query = DeadLetterQuery.ofNamespace(text);
            assertThat(driver().storage().deadLetters().list(query))
                    .singleElement()
                    .satisfies(dead -> assertThat(dead.reason()).isEqualTo(text));
            assertThat(driver().storage().deadLetters().replay(query)).isEqualTo(1);
        }
        assertThat(driver().texts()).containsExactlyElementsOf(texts);
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
