package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StorageDriver.SHORT;
import static dev.boxcar.testkit.StorageDriver.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** A partition belongs to one live session at the most; whoever is dead stays dead. */
interface ClaimContract<T> extends StoragePart<T> {

    private ClaimView look(Session session) {
        return driver().storage().heartbeat(session, LONG, false);
    }

    private Claim claim(Session asking, int partition) {
        return look(asking).claims().get(partition);
    }

    @Test
    default void aNewSessionIsAliveAndSeesEveryPartitionFree() {
        ClaimView view = driver().storage().heartbeat(newSession("p1"), LONG, true);

        assertThat(view.alive()).isTrue();
        assertThat(view.liveSessions()).isEqualTo(1);
        assertThat(view.claims()).hasSize(driver().storage().partitions());
        assertThat(view.claims())
                .extracting(Claim::partition)
                .containsExactlyElementsOf(
                        driver().allPartitions().stream().sorted().toList());
        assertThat(view.claims())
                .allSatisfy(claim -> assertThat(claim.owner()).isNull())
                .noneMatch(Claim::ownerAlive);
    }

    @Test
    default void aSessionThatDoesNotJoinIsNotAlive() {
        ClaimView view = look(newSession("p1"));

        assertThat(view.alive()).isFalse();
        assertThat(view.liveSessions()).isZero();
        assertThat(view.claims()).hasSize(driver().storage().partitions());
    }

    @Test
    default void allLiveSessionsAreCounted() {
        Session first = driver().join("p1", LONG);
        driver().join("p1", LONG);
        driver().join("p3", LONG);

        assertThat(look(first).liveSessions()).isEqualTo(3);
    }

    @Test
    default void sessionsThatJoinAtTheSameMomentAreAllAlive() {
        List<CompletableFuture<ClaimView>> views = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Session session = newSession("p" + i);
            views.add(CompletableFuture.supplyAsync(() -> driver().storage().heartbeat(session, LONG, true)));
        }

        assertThat(views.stream().map(CompletableFuture::join)).allMatch(ClaimView::alive);
        assertThat(look(driver().join("last", LONG)).liveSessions()).isEqualTo(5);
    }

    @Test
    default void aTakenClaimHasAHigherEpochAndIsSeenByOthers() {
        Session mine = driver().join("p1", LONG);
        Session other = driver().join("p2", LONG);
        List<Claim> free = look(mine).claims();
        List<Claim> wanted = List.of(free.get(0), free.get(5));

        List<Claim> taken = driver().storage().acquire(mine, wanted);

        assertThat(taken).extracting(Claim::partition).containsExactlyInAnyOrder(0, 5);
        for (Claim claim : taken) {
            assertThat(claim.epoch()).isEqualTo(free.get(claim.partition()).epoch() + 1);
            assertThat(claim(other, claim.partition()))
                    .isEqualTo(new Claim(claim.partition(), claim.epoch(), mine.id(), true));
        }
        assertThat(claim(other, 1).owner()).isNull();
    }

    @Test
    default void whatAnotherOneTookSinceItWasSeenIsNotGiven() {
        Session fast = driver().join("fast", LONG);
        Session slow = driver().join("slow", LONG);
        List<Claim> seenByBoth = look(slow).claims();
        List<Claim> taken = driver().storage().acquire(fast, List.of(seenByBoth.get(0), seenByBoth.get(1)));

        List<Claim> given =
                driver().storage().acquire(slow, List.of(seenByBoth.get(0), seenByBoth.get(1), seenByBoth.get(2)));

        assertThat(given).extracting(Claim::partition).containsExactly(2);
        assertThat(claim(slow, 0).epoch()).isEqualTo(taken.get(0).epoch());
        assertThat(claim(slow, 0).owner()).isEqualTo(fast.id());
    }

    @Test
    default void aSessionThatIsNotAliveIsGivenNothing() {
        Session witness = driver().join("witness", LONG);
        Session stranger = newSession("stranger");
        Session expired = driver().join("expired", SHORT);
        List<Claim> free = look(witness).claims();
        Await.pause(SHORT.plusMillis(100));

        assertThat(driver().storage().acquire(stranger, free)).isEmpty();
        assertThat(driver().storage().acquire(expired, free)).isEmpty();
        assertThat(look(witness).claims()).isEqualTo(free);
    }

    @Test
    default void heartbeatsKeepASessionAliveBeyondItsFirstClaimDuration() {
        Duration duration = Duration.ofSeconds(1);
        Session session = driver().join("p1", duration);
        int taken = driver().takeAll(session, duration).size();
        for (int i = 0; i < 6; i++) {
            Await.pause(duration.dividedBy(4));
            ClaimView view = driver().storage().heartbeat(session, duration, false);
            assertThat(view.alive())
                    .as("after %s/4 of the claim duration", i + 1)
                    .isTrue();
            assertThat(view.claims()).allMatch(Claim::ownerAlive);
        }
        assertThat(taken).isEqualTo(driver().storage().partitions());
    }

    /** So that others need not look often to take over soon. */
    @Test
    default void aViewTellsWhenTheFirstSessionEnds() {
        Session witness = driver().join("witness", LONG);
        assertThat(look(witness).firstEnd()).as("alone").isBetween(LONG.minus(Duration.ofMinutes(1)), LONG);

        Duration duration = Duration.ofSeconds(30);
        Session other = driver().join("p1", duration);
        assertThat(look(witness).firstEnd())
                .as("beside one that ends sooner")
                .isBetween(duration.dividedBy(2), duration);

        driver().storage().leave(other);
        assertThat(look(witness).firstEnd()).as("when that one has left").isGreaterThan(duration);
    }

    @Test
    default void aSessionThatExpiredIsNotRevived() {
        Session session = driver().join("p1", SHORT);
        Await.pause(SHORT.plusMillis(100));

        assertThat(look(session).alive()).as("the first look after its end").isFalse();
        assertThat(look(session).alive()).as("the second look").isFalse();
        assertThat(look(session).liveSessions()).isZero();
    }

    @Test
    default void aSessionThatOthersSawExpireIsNotRevivedEither() {
        Session session = driver().join("p1", SHORT);
        Session witness = driver().join("witness", LONG);
        driver().takeAll(session, SHORT);
        driver().awaitExpiryOf(session, witness);

        assertThat(look(witness).liveSessions()).isEqualTo(1);
        assertThat(look(session).alive()).isFalse();
        assertThat(look(session).claims()).noneMatch(Claim::ownerAlive);
    }

    @Test
    default void theClaimsOfAnExpiredSessionCanBeTakenAndHaveAHigherEpoch() {
        Session dead = driver().join("dead", SHORT);
        List<Claim> held =
                driver().takeAll(dead, SHORT).values().stream().limit(3).toList();
        assertThat(held).hasSize(3);
        Session heir = driver().join("heir", LONG);
        driver().awaitExpiryOf(dead, heir);

        var taken = driver().takeAll(heir, LONG);

        assertThat(taken).hasSize(driver().storage().partitions());
        for (Claim before : held) {
            Claim now = claim(heir, before.partition());
            assertThat(now.owner()).isEqualTo(heir.id());
            assertThat(now.epoch()).isGreaterThan(before.epoch());
        }
    }

    @Test
    default void releasedClaimsAreFreeAtOnceAndTheOthersAreKept() {
        Session mine = driver().join("p1", LONG);
        var held = driver().takeAll(mine, LONG);
        Claim first = java.util.Objects.requireNonNull(held.get(0));

        driver().storage().release(mine, List.of(first));

        Claim after = claim(mine, 0);
        assertThat(after.owner()).isNull();
        assertThat(after.ownerAlive()).isFalse();
        assertThat(after.epoch()).isEqualTo(first.epoch() + 1);
        assertThat(claim(mine, 1)).isEqualTo(held.get(1));
        Session other = driver().join("p2", LONG);
        assertThat(driver().takeAll(other, LONG)).containsOnlyKeys(0);
    }

    @Test
    default void releasingWhatAnotherSessionHoldsChangesNothing() {
        Session first = driver().join("p1", LONG);
        Collection<Claim> old = driver().takeAll(first, LONG).values();
        driver().storage().release(first, old);
        Session second = driver().join("p2", LONG);
        driver().takeAll(second, LONG);
        List<Claim> before = look(second).claims();

        driver().storage().release(first, old);

        assertThat(look(second).claims()).isEqualTo(before);
    }

    @Test
    default void aSessionThatLeavesGivesBackEverythingAndIsForgotten() {
        Session leaver = driver().join("p1", LONG);
        Session other = driver().join("p2", LONG);
        driver().takeAll(leaver, LONG);
        List<Claim> before = look(other).claims();

        driver().storage().leave(leaver);

        ClaimView view = look(other);
        assertThat(view.liveSessions()).isEqualTo(1);
        for (Claim claim : view.claims()) {
            assertThat(claim.owner()).isNull();
            assertThat(claim.epoch()).isEqualTo(before.get(claim.partition()).epoch() + 1);
        }
        assertThat(look(leaver).alive()).isFalse();
        assertThat(driver().takeAll(other, LONG)).hasSize(driver().storage().partitions());
    }

    @Test
    default void leavingTwiceOrAsAStrangerIsHarmless() {
        Session holder = driver().join("holder", LONG);
        driver().takeAll(holder, LONG);
        List<Claim> before = look(holder).claims();
        Session leaver = driver().join("leaver", LONG);

        driver().storage().leave(leaver);
        driver().storage().leave(leaver);
        driver().storage().leave(newSession("stranger"));

        assertThat(look(holder).claims()).isEqualTo(before);
    }

    @Test
    default void twoSessionsNeverHoldOnePartitionAtOnce() {
        int partitions = driver().storage().partitions();
        AtomicReferenceArray<String> holders = new AtomicReferenceArray<>(partitions);
        long seed = Seeds.next();
        List<CompletableFuture<Integer>> threads = new ArrayList<>();
        CyclicBarrier all = new CyclicBarrier(4);
        for (int i = 0; i < 4; i++) {
            Session session = driver().join("p" + i, LONG);
            Random random = new Random(seed + i);
            threads.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return takeAndReleaseFor(session, random, holders, all);
                        } finally {
                            all.reset(); // nobody waits for one that has failed
                        }
                    },
                    task -> new Thread(task).start()));
        }

        int grants = threads.stream().mapToInt(CompletableFuture::join).sum();

        assertThat(grants).as("claims given in all").isGreaterThan(partitions);
    }

    /** What it has seen as free may have been taken by others when it asks: all ask at once. */
    private int takeAndReleaseFor(
            Session session, Random random, AtomicReferenceArray<String> holders, CyclicBarrier all) {
        int grants = 0;
        List<Claim> held = new ArrayList<>();
        for (int round = 0; round < 40; round++) {
            List<Claim> free = new ArrayList<>(look(session).claims());
            free.removeIf(claim -> claim.ownerAlive() || random.nextInt(3) == 0);
            meet(all);
            for (Claim claim : driver().storage().acquire(session, free)) {
                String before = holders.getAndSet(claim.partition(), session.id());
                assertThat(before)
                        .as("holder of partition %s when %s is given it", claim.partition(), session)
                        .isNull();
                held.add(claim);
                grants++;
            }
            List<Claim> back =
                    held.stream().filter(claim -> random.nextInt(3) > 0).toList();
            held.removeAll(back);
            back.forEach(claim -> holders.set(claim.partition(), null));
            driver().storage().release(session, back);
        }
        held.forEach(claim -> holders.set(claim.partition(), null));
        driver().storage().leave(session);
        return grants;
    }

    private static void meet(CyclicBarrier all) {
        try {
            all.await(30, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("another thread has failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
