package dev.boxcar.redis;

import static dev.boxcar.redis.Redis.bytes;
import static dev.boxcar.redis.Redis.entry;
import static dev.boxcar.redis.Redis.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.PublisherLoad;
import dev.boxcar.testservers.RedisServer;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class RedisPublisherTest {

    private final RedisServer server = RedisServer.start();
    private final List<RedisPublisher> open = new ArrayList<>();

    @AfterEach
    void closePublishers() {
        open.forEach(RedisPublisher::close);
        open.clear();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private RedisPublisher.Builder builder() {
        return RedisPublisher.builder(server.uri()).publishTimeout(Duration.ofSeconds(4));
    }

    private RedisPublisher opened(RedisPublisher.Builder builder) {
        RedisPublisher publisher = builder.build();
        open.add(publisher);
        return publisher;
    }

    @Test
    void whatTheOutboxKnowsWinsOverHeadersOfTheSameName() throws Exception {
        String stream = Redis.newStream();
        ClaimedEntry entry = entry(
                stream,
                Message.of((String) null, "real")
                        .withHeader(BoxcarFields.PAYLOAD, "not this")
                        .withHeader(BoxcarFields.KEY, "not this")
                        .withHeader(BoxcarFields.ID, "not this"));

        assertThat(publish(opened(builder()), entry)).containsExactly(PublishResult.SENT);

        assertThat(Redis.read(server, stream).get(0))
                .containsOnlyKeys(BoxcarFields.PAYLOAD, BoxcarFields.ID, BoxcarFields.CREATED, BoxcarFields.NAMESPACE)
                .containsEntry(BoxcarFields.PAYLOAD, bytes("real"))
                .containsEntry(BoxcarFields.ID, bytes(entry.messageId()))
                .containsEntry(BoxcarFields.NAMESPACE, bytes(stream));
    }

    @Test
    void streamsAreChosenAndWithoutOneAnEntryIsRejected() throws Exception {
        String stream = Redis.newStream();
        assertThat(publish(opened(builder()), entry("", Message.of("k", "m"))))
                .containsExactly(PublishResult.rejected(
                        "no stream for the default namespace: write in a namespace, or set defaultStream"));
        assertThat(publish(opened(builder().defaultStream(stream)), entry("", Message.of("k", "1"))))
                .containsExactly(PublishResult.SENT);
        RedisPublisher choosy = opened(builder().stream(entry -> {
            if (entry.key() == null) {
                throw new IllegalStateException("secret");
            }
            return entry.namespace().equals("nowhere") ? null : stream;
        }));
        assertThat(publish(
                        choosy,
                        entry("a", Message.of("k", "2")),
                        entry("nowhere", Message.of("k", "m")),
                        entry("a", Message.of((String) null, "m"))))
                .containsExactly(
                        PublishResult.SENT,
                        PublishResult.rejected("no stream for namespace 'nowhere'"),
                        PublishResult.failed(
                                "the function that chooses the stream failed: java.lang.IllegalStateException"));
        assertThat(Redis.texts(server, stream)).containsExactly("1", "2");
    }

    @Test
    void aStreamIsTrimmedToAboutTheLengthThatIsWanted() throws Exception {
        String stream = Redis.newStream();
        RedisPublisher publisher = opened(builder().maxLength(100));

        ClaimedEntry[] entries = IntStream.range(0, 1_000)
                .mapToObj(i -> entry(stream, Message.of("k" + i, "m" + i)))
                .toArray(ClaimedEntry[]::new);
        assertThat(publish(publisher, entries)).containsOnly(PublishResult.SENT);

        assertThat(Redis.texts(server, stream)).hasSizeBetween(100, 300).endsWith("m999");
    }

    @Test
    void aNameThatIsTakenFailsItsOwnEntriesOnly() throws Exception {
        String stream = Redis.newStream();
        String taken = Redis.newStream();
        Redis.ask(server, commands -> commands.set(bytes(taken), bytes("something else")));

        List<PublishResult> results = publish(
                opened(builder()),
                entry(stream, Message.of("a", "1")),
                entry(taken, Message.of("b", "2")),
                entry(stream, Message.of("c", "3")));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.reason()).contains("WRONGTYPE");
        });
        assertThat(results.get(2)).isEqualTo(PublishResult.SENT);
        assertThat(Redis.texts(server, stream)).containsExactly("1", "3");
    }

    @Test
    void withoutMemoryRedisIsUnavailableUntilItHasSome() throws Exception {
        String stream = Redis.newStream();
        RedisPublisher publisher = opened(builder());
        assertThat(publish(publisher, entry(stream, Message.of("k", "1")))).containsExactly(PublishResult.SENT);
        try {
            Redis.ask(server, commands -> commands.configSet("maxmemory", "1"));
            assertUnavailable(publish(publisher, entry(stream, Message.of("k", "2"))), "OOM");
        } finally {
            Redis.ask(server, commands -> commands.configSet("maxmemory", "0"));
        }
        assertThat(publish(publisher, entry(stream, Message.of("k", "2")))).containsExactly(PublishResult.SENT);
        assertThat(Redis.texts(server, stream)).containsExactly("1", "2");
    }

    /** As after a fail-over: a new connection may find the one that takes writes, and here it comes back itself. */
    @Test
    void aReplicaIsUnavailableUntilItIsThePrimaryAgain() throws Exception {
        try (RedisServer other = RedisServer.start();
                RedisPublisher publisher = RedisPublisher.builder(other.uri())
                        .publishTimeout(Duration.ofSeconds(4))
                        .build()) {
            String stream = Redis.newStream();
            assertThat(publish(publisher, entry(stream, Message.of("k", "1")))).containsExactly(PublishResult.SENT);

            Redis.ask(other, commands -> commands.replicaof("127.0.0.1", server.port()));
            assertUnavailable(publish(publisher, entry(stream, Message.of("k", "2"))), "READONLY");
            Redis.ask(other, commands -> commands.replicaofNoOne());

            Await.until("it takes messages again", () -> sent(publisher, entry(stream, Message.of("k", "2"))));
        }
    }

    @Test
    void withoutPermissionOrPasswordRedisIsUnavailableAndNoPasswordIsShown() throws Exception {
        Redis.ask(
                server,
                commands -> commands.aclSetuser(
                        "reader",
                        AclSetuserArgs.Builder.on()
                                .addPassword("s3cret")
                                .keyPattern("*")
                                .addCommand(CommandType.HELLO)));
        RedisPublisher reader = opened(RedisPublisher.builder(server.uri().replace("//", "//reader:s3cret@"))
                .publishTimeout(Duration.ofSeconds(4)));
        assertUnavailable(publish(reader, entry("a", Message.of("k", "m"))), "NOPERM");

        RedisPublisher stranger = opened(RedisPublisher.builder(server.uri().replace("//", "//reader:wr0ng@"))
                .publishTimeout(Duration.ofSeconds(4)));
        assertUnavailable(publish(stranger, entry("a", Message.of("k", "m"))), "WRONGPASS");
        assertThat(stranger).asString().doesNotContain("wr0ng");
        assertThatThrownBy(() -> RedisPublisher.create("reader:s3cret@localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
        assertThatThrownBy(
                        () -> builder().defaultStream("a").stream(entry -> "b").build())
                .hasMessageContaining("refused together");
    }

    @Test
    void orderPerKeyHoldsAndNothingIsLostWhileTheServerIsKilledAndStopped() throws Exception {
        try (RedisServer doomed = RedisServer.start();
                RedisPublisher publisher = RedisPublisher.builder(doomed.uri())
                        .publishTimeout(Duration.ofMillis(500))
                        .build()) {
            String stream = Redis.newStream();
            PublisherLoad load = new PublisherLoad(publisher, OutboxContext.ofNamespace(stream), 4);
            try (load) {
                for (int round = 0; round < 2; round++) {
                    load.awaitProgress(1_000);
                    doomed.kill();
                    doomed.restart();
                }
                Random random = new Random(7);
                for (int round = 0; round < 4; round++) {
                    load.awaitProgress(500);
                    doomed.pause();
                    // About as long as the publisher waits.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(400)));
                    doomed.resume();
                }
                load.awaitProgress(500);
            }

            load.check(Redis.read(doomed, stream).stream().map(Redis::received).toList());
        }
    }

    @Test
    void aClosedPublisherLeavesNoThreadBehind() throws Exception {
        RedisPublisher publisher = builder().build();
        publish(publisher, entry(Redis.newStream(), Message.of("k", "m")));
        assertThat(threads()).isPositive();

        publisher.close();
        closePublishers();

        Await.until("the client's threads end", () -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lettuce-"))
                .count();
    }

    private static void assertUnavailable(List<PublishResult> results, String reason) {
        assertThat(results)
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        PublishResult.Unavailable.class,
                        result -> assertThat(result.reason()).contains(reason).doesNotContain("s3cret", "wr0ng"));
    }

    private static boolean sent(RedisPublisher publisher, ClaimedEntry entry) {
        try {
            return publish(publisher, entry).get(0) instanceof PublishResult.Sent;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
