package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks a storage in every way that a storage of one's own could be wrong, and looks whether the contract notices. */
@Timeout(60)
@SuppressWarnings("unchecked") // a proxy hands over its arguments as objects
class StorageContractCatchesTest {

    /** What a broken storage does instead of the real method. */
    private interface Fault {
        @Nullable
        Object instead(InMemoryStorage real, Object[] args);
    }

    private record Place(long id) implements ReadPosition {
        @Override
        public ReadPosition merge(ReadPosition other) {
            return new Place(Math.min(id, ((Place) other).id));
        }
    }

    private record Selfish(ReadPosition inner) implements ReadPosition {
        @Override
        public ReadPosition merge(ReadPosition other) {
            return this;
        }
    }

    private static Arguments fault(String name, String method, Fault fault, String... caughtBy) {
        return Arguments.of(name, method, fault, List.of(caughtBy));
    }

    private static ReadRequest request(Object[] args) {
        return (ReadRequest) args[0];
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "writes at once instead of with the transaction",
                        "publish",
                        (real, args) -> {
                            try (InMemoryTransaction own = real.begin()) {
                                real.publish((OutboxContext) args[0], own, (List<dev.boxcar.Message>) args[2]);
                                own.commit();
                            }
                            return null;
                        },
                        "aRolledBackMessageLeavesNothing",
                        "messagesOfATransactionBecomeVisibleTogetherWithItsCommit",
                        "aTransactionThatWouldNotBeAtomicIsRefusedAndNothingIsWritten"),
                fault(
                        "reads on from the last id",
                        "read",
                        StorageContractCatchesTest::readBehindTheLastId,
                        "aTransactionThatCommitsLateIsNotLost",
                        "commitsInReverseOrderAreAllFound",
                        "readsAreExactInEveryOrderOfCommits",
                        "readsAreExactWhileSeveralThreadsWrite"),
                fault(
                        "forgets what was committed behind the walk",
                        "read",
                        (real, args) -> {
                            ReadPage page = real.read(request(args));
                            boolean full =
                                    page.entries().size() == request(args).maxEntries();
                            return new ReadPage(page.entries(), page.next(), page.more() && full);
                        },
                        "aLateCommitBehindTheWalkIsFoundBeforeThereIsNoMore"),
                fault(
                        "says that there is no more",
                        "read",
                        (real, args) -> {
                            ReadPage page = real.read(request(args));
                            return new ReadPage(page.entries(), page.next(), false);
                        },
                        "pagesAreCutByTheNumberOfEntriesAndNothingIsMissing",
                        "aFullPageWithMoreBehindItSaysSo"),
                fault(
                        "reads in the wrong order",
                        "read",
                        (real, args) -> {
                            ReadPage page = real.read(request(args));
                            List<StoredEntry> entries = new ArrayList<>(page.entries());
                            java.util.Collections.reverse(entries);
                            return new ReadPage(entries, page.next(), page.more());
                        },
                        "idsRiseInTheOrderOfTheMessagesHoweverMany",
                        "readsAreExactInEveryOrderOfCommits"),
                fault(
                        "reads all partitions",
                        "read",
                        (real, args) -> {
                            ReadRequest asked = request(args);
                            return real.read(new ReadRequest(
                                    new java.util.HashSet<>(
                                            IntStream.range(0, 64).boxed().toList()),
                                    asked.namespaces(),
                                    asked.position(),
                                    asked.maxEntries(),
                                    asked.maxBytes()));
                        },
                        "onlyTheAskedPartitionsAreRead",
                        "readsAreExactInEveryOrderOfCommits"),
                fault(
                        "reads all namespaces",
                        "read",
                        (real, args) -> {
                            ReadRequest asked = request(args);
                            return real.read(new ReadRequest(
                                    asked.partitions(),
                                    NamespaceFilter.ALL,
                                    asked.position(),
                                    asked.maxEntries(),
                                    asked.maxBytes()));
                        },
                        "onlyTheAskedNamespacesAreRead",
                        "namespacesThatLookAlikeAreKeptApart"),
                fault(
                        "does not count bytes",
                        "read",
                        (real, args) -> {
                            ReadRequest asked = request(args);
                            return real.read(new ReadRequest(
                                    asked.partitions(),
                                    asked.namespaces(),
                                    asked.position(),
                                    asked.maxEntries(),
                                    Long.MAX_VALUE));
                        },
                        "pagesAreCutByBytesButHoldOneEntryAtLeast"),
                fault(
                        "merges positions into its own",
                        "read",
                        (real, args) -> {
                            ReadRequest asked = request(args);
                            ReadPosition from = asked.position() instanceof Selfish selfish ? selfish.inner : null;
                            ReadPage page = real.read(new ReadRequest(
                                    asked.partitions(),
                                    asked.namespaces(),
                                    from,
                                    asked.maxEntries(),
                                    asked.maxBytes()));
                            return new ReadPage(page.entries(), new Selfish(page.next()), page.more());
                        },
                        "aMergedPositionReturnsWhatEitherWouldReturn",
                        "positionsInTheMiddleOfTheirWalksMergeToo"),
                fault(
                        "makes new message ids with every read",
                        "read",
                        (real, args) -> {
                            ReadPage page = real.read(request(args));
                            return new ReadPage(
                                    page.entries().stream()
                                            .map(StorageContractCatchesTest::withNewId)
                                            .toList(),
                                    page.next(),
                                    page.more());
                        },
                        "idsMadeByTheOutboxAreUniqueAndStayTheSame",
                        "anIdChosenByTheApplicationIsKept"),
                fault(
                        "gives claims that another one holds",
                        "acquire",
                        StorageContractCatchesTest::steal,
                        "whatAnotherOneTookSinceItWasSeenIsNotGiven",
                        "twoSessionsNeverHoldOnePartitionAtOnce"),
                fault(
                        "gives claims to whoever asks",
                        "acquire",
                        (real, args) -> {
                            real.heartbeat((Session) args[0], StorageDriver.LONG, true);
                            real.heartbeat((Session) args[0], StorageDriver.LONG, true);
                            return real.acquire((Session) args[0], (Collection<Claim>) args[1]);
                        },
                        "aSessionThatIsNotAliveIsGivenNothing"),
                fault(
                        "revives sessions",
                        "heartbeat",
                        (real, args) -> real.heartbeat((Session) args[0], (Duration) args[1], true),
                        "aSessionThatDoesNotJoinIsNotAlive",
                        "aSessionThatExpiredIsNotRevived",
                        "aSessionThatOthersSawExpireIsNotRevivedEither",
                        "aSessionThatLeavesGivesBackEverythingAndIsForgotten"),
                fault(
                        "lets sessions live for ever",
                        "heartbeat",
                        (real, args) -> real.heartbeat((Session) args[0], StorageDriver.LONG, (boolean) args[2]),
                        "aSessionThatExpiredIsNotRevived"),
                fault(
                        "does not release",
                        "release",
                        (real, args) -> null,
                        "releasedClaimsAreFreeAtOnceAndTheOthersAreKept"),
                fault(
                        "releases what others hold",
                        "release",
                        (real, args) -> {
                            ((Collection<Claim>) args[1])
                                    .forEach(
                                            claim -> real.release(ownerOf(real, claim), List.of(current(real, claim))));
                            return null;
                        },
                        "releasingWhatAnotherSessionHoldsChangesNothing"),
                fault(
                        "does not leave",
                        "leave",
                        (real, args) -> null,
                        "aSessionThatLeavesGivesBackEverythingAndIsForgotten"),
                fault(
                        "settles without a fence",
                        "settle",
                        StorageContractCatchesTest::settleForTheOwner,
                        "aSettlementUnderAClaimOfAnOlderEpochChangesNothing",
                        "aSessionCannotSettleUnderTheClaimOfAnother",
                        "aSessionWhoseClaimsWereTakenOverCannotSettle"),
                fault(
                        "settles nothing when one claim is lost",
                        "settle",
                        (real, args) -> {
                            Settlement settlement = (Settlement) args[1];
                            boolean all = settlement.published().stream()
                                    .allMatch(
                                            each -> current(real, each.claim()).epoch()
                                                    == each.claim().epoch());
                            if (all) {
                                real.settle((Session) args[0], settlement);
                            }
                            return null;
                        },
                        "aPartUnderALostClaimLeavesTheOtherPartsInEffect"),
                fault(
                        "does not delay",
                        "settle",
                        (real, args) -> {
                            Settlement settlement = (Settlement) args[1];
                            real.settle(
                                    (Session) args[0],
                                    new Settlement(
                                            settlement.published(),
                                            settlement.retries().stream()
                                                    .map(r -> new Settlement.Retry(
                                                            r.claim(), r.id(), r.attempts(), 0, r.reason()))
                                                    .toList(),
                                            settlement.dead()));
                            return null;
                        },
                        "aRetriedEntryKeepsItsPlaceAndShowsAttemptAndDelay"),
                fault(
                        "drops the dead",
                        "settle",
                        (real, args) -> {
                            real.settle((Session) args[0], (Settlement) args[1]);
                            real.deadLetters().purge(dev.boxcar.DeadLetterQuery.all());
                            return null;
                        },
                        "aDeadEntryMovesToTheDeadLettersWithItsReason",
                        "deadLettersAreListedOldestFirstWithAllTheirParts"),
                fault(
                        "reloads in the order of the question",
                        "reload",
                        (real, args) -> {
                            List<StoredEntry> found = new ArrayList<>();
                            ((Collection<Long>) args[0]).forEach(id -> found.addAll(real.reload(List.of(id))));
                            return found;
                        },
                        "entriesAreReadAgainByTheirIds",
                        "reloadingManyEntriesIsInTheOrderOfTheirIds"),
                fault(
                        "shows an empty status",
                        "status",
                        (real, args) -> new StorageStatus(0, null, 0, List.of()),
                        "theStatusCountsWhatWaitsAndWhatIsDead",
                        "theStatusShowsLiveProcessorsAndHowManyPartitionsTheyHold"));
    }

    @ParameterizedTest(name = "a storage that {0}")
    @MethodSource("faults")
    void theContractCatches(String name, String method, Fault fault, List<String> caughtBy) throws Exception {
        for (String test : caughtBy) {
            assertThat(failureOf(test, method, fault))
                    .as("%s finds a storage that %s", test, name)
                    .isNotNull();
        }
    }

    private static @Nullable Throwable failureOf(String test, String method, Fault fault) throws Exception {
        StorageContract<InMemoryTransaction> contract = new StorageContract<>() {
            @Override
            protected StorageFixture<InMemoryTransaction> fixture() {
                return new InMemoryStorageTest.InMemoryFixture() {
                    @Override
                    public OutboxStorage<InMemoryTransaction> newStorage() {
                        return broken((InMemoryStorage) super.newStorage(), method, fault);
                    }
                };
            }
        };
        contract.openStorage();
        try {
            Method found = StorageContract.class.getMethod(test);
            found.setAccessible(true);
            found.invoke(contract);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        } finally {
            contract.closeStorage();
        }
    }

    private static OutboxStorage<InMemoryTransaction> broken(InMemoryStorage real, String broken, Fault fault) {
        return (OutboxStorage<InMemoryTransaction>) Proxy.newProxyInstance(
                OutboxStorage.class.getClassLoader(), new Class<?>[] {OutboxStorage.class}, (proxy, method, args) -> {
                    if (method.getName().equals(broken)) {
                        return fault.instead(real, args == null ? new Object[0] : args);
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static ReadPage readBehindTheLastId(InMemoryStorage real, Object[] args) {
        ReadRequest asked = request(args);
        long after = asked.position() instanceof Place place ? place.id : Long.MIN_VALUE;
        ReadPage all = real.read(
                new ReadRequest(asked.partitions(), asked.namespaces(), null, Integer.MAX_VALUE, Long.MAX_VALUE));
        List<StoredEntry> behind = all.entries().stream()
                .filter(entry -> entry.entry().id() > after)
                .toList();
        List<StoredEntry> page = behind.subList(0, Math.min(behind.size(), asked.maxEntries()));
        long last = page.isEmpty() ? after : page.get(page.size() - 1).entry().id();
        return new ReadPage(page, new Place(last), page.size() < behind.size());
    }

    private static StoredEntry withNewId(StoredEntry stored) {
        ClaimedEntry entry = stored.entry();
        ClaimedEntry renamed = new ClaimedEntry(
                entry.id(),
                entry.context(),
                UUID.randomUUID().toString(),
                entry.key(),
                entry.payload(),
                Map.copyOf(entry.headers()),
                entry.type(),
                entry.attempt(),
                entry.createdAt());
        return new StoredEntry(renamed, stored.partition(), stored.delayMillis(), stored.defect());
    }

    private static Object steal(InMemoryStorage real, Object[] args) {
        List<Claim> wanted = ((Collection<Claim>) args[1])
                .stream()
                        .map(claim -> {
                            real.release(ownerOf(real, claim), List.of(current(real, claim)));
                            return current(real, claim);
                        })
                        .toList();
        return real.acquire((Session) args[0], wanted);
    }

    private static @Nullable Object settleForTheOwner(InMemoryStorage real, Object[] args) {
        Settlement settlement = (Settlement) args[1];
        for (Settlement.Published each : settlement.published()) {
            real.settle(
                    ownerOf(real, each.claim()),
                    new Settlement(
                            List.of(new Settlement.Published(current(real, each.claim()), each.ids())),
                            List.of(),
                            List.of()));
        }
        return null;
    }

    private static Claim current(InMemoryStorage real, Claim claim) {
        Session stranger = StorageDriver.newSession("stranger");
        return real.heartbeat(stranger, StorageDriver.LONG, false).claims().get(claim.partition());
    }

    private static Session ownerOf(InMemoryStorage real, Claim claim) {
        String owner = current(real, claim).owner();
        return new Session("owner", owner == null ? "nobody" : owner);
    }
}
