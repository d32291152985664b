package dev.boxcar.simulation;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A destination. Acknowledges late, twice or never; rejects; does only a part; loses the acknowledgement; receives what was
 * sent long ago; is down, and says so or does not answer.
 */
final class Broker {

    /** What goes wrong with a call. */
    private enum Trouble {
        NONE,
        /** Refuses all, and says so. */
        REFUSES,
        /** Nobody knows what went wrong: nothing took effect. */
        FAILS,
        /** Nobody knows what went wrong, and everything took effect. */
        FAILS_AFTERWARDS,
        /** Some of it takes effect. */
        PART,
        /** Everything takes effect, and nobody says so. */
        SILENT,
        /** Everything takes effect, and the answer is that it cannot be reached. */
        DENIES,
        /** Everything takes effect, and the answer says nothing about some. */
        FORGETS,
        /** The answer comes after it was given up. */
        ANSWERS_LATE,
        ANSWERS_TWICE,
        /** Everything takes effect twice. */
        REPEATS,
        /** Slow, but in time. */
        SLOW,
        /** The network delivers it when it was given up long ago. */
        ARRIVES_LATE
    }

    private static final Trouble[] TROUBLES = Trouble.values();

    final String name;
    private final Life life;
    private final Scheduler time;
    private final Set<String> fenced = new HashSet<>();
    private long downUntil;
    private boolean silentWhenDown;

    Broker(String name, Life life) {
        this.name = name;
        this.life = life;
        this.time = life.time;
    }

    void down(long until) {
        downUntil = until;
        silentWhenDown = time.roll(3) == 0;
        time.note(name, silentWhenDown ? "is silent until" : "is down until", until / Scheduler.MILLI);
    }

    boolean wasEverDown() {
        return downUntil > 0;
    }

    void heal() {
        downUntil = Math.min(downUntil, time.now());
    }

    void fence(String session) {
        fenced.add(session);
    }

    void receive(Call call, Answer answer) {
        boolean troubled = life.isTroubled() && life.plan.isWild() && time.once(15);
        Trouble trouble = troubled ? TROUBLES[time.roll(TROUBLES.length)] : Trouble.NONE;
        long latency = switch (trouble) {
            case SLOW -> time.upTo(950);
            case ARRIVES_LATE -> time.upTo(4_000);
            default -> time.upTo(12);
        };
        call.node.send(latency, () -> arrive(call, answer, trouble));
    }

    private void arrive(Call call, Answer answer, Trouble trouble) {
        if (time.now() < downUntil) {
            if (!silentWhenDown) {
                answer.complete(time.upTo(5), PublishResults.allUnavailable("down"));
            }
            return;
        }
        if (fenced.contains(call.session) || trouble == Trouble.REFUSES) {
            answer.complete(time.upTo(5), PublishResults.allUnavailable("refused"));
            return;
        }
        if (trouble == Trouble.FAILS) {
            failStrangely(call, answer);
            return;
        }
        PublishResults results = take(call, trouble);
        if (trouble == Trouble.REPEATS) {
            take(call, trouble);
        }
        switch (trouble) {
            case SILENT -> {}
            case FAILS_AFTERWARDS -> failStrangely(call, answer);
            case DENIES -> answer.complete(time.upTo(5), PublishResults.allUnavailable("lost"));
            case ANSWERS_LATE -> answer.complete(Plan.PUBLISH_TIMEOUT + time.upTo(1_500), results);
            case ANSWERS_TWICE -> answer.completeTwice(time.upTo(5), results);
            default -> answer.complete(time.upTo(5), results);
        }
    }

    /** An entry that fails alone has failed by itself, as far as anybody can tell. */
    private void failStrangely(Call call, Answer answer) {
        if (call.entries.size() == 1) {
            life.oracle.fate(call.entries.get(0)).failures++;
        }
        answer.fail(time.upTo(5));
    }

    private PublishResults take(Call call, Trouble trouble) {
        PublishResults.Builder results = PublishResults.builder();
        Set<String> stopped = new HashSet<>();
        for (ClaimedEntry entry : inSomeOrder(call.entries)) {
            Fate fate = life.oracle.fate(entry);
            String lane = fate.lane == null ? fate.id : fate.lane;
            PublishResult result = stopped.contains(lane) ? PublishResult.SKIPPED : take(call, entry, fate, trouble);
            if (!(result instanceof PublishResult.Sent)) {
                stopped.add(lane);
            }
            if (trouble != Trouble.FORGETS || time.roll(2) == 0) {
                results.add(entry, result);
            }
        }
        return results.build();
    }

    private List<ClaimedEntry> inSomeOrder(List<ClaimedEntry> entries) {
        if (life.plan.keepsOrder() || entries.size() == 1) {
            return entries;
        }
        List<ClaimedEntry> all = new ArrayList<>(entries);
        java.util.Collections.rotate(all, time.roll(all.size()));
        return all;
    }

    private PublishResult take(Call call, ClaimedEntry entry, Fate fate, Trouble trouble) {
        if (isDefective(fate)) {
            fate.failures++;
            fate.rejected |= fate.defect == Fate.Defect.REJECTED;
            return fate.rejected ? PublishResult.rejected("defect") : PublishResult.failed("defect");
        }
        if (trouble == Trouble.PART && time.roll(3) == 0) {
            return PublishResult.unavailable("a part of it is away");
        }
        life.oracle.arrived(call, entry);
        return PublishResult.SENT;
    }

    /** A key that is held waits until somebody mends its message. */
    private boolean isDefective(Fate fate) {
        return switch (fate.defect) {
            case NONE -> false;
            case FLAKY -> fate.failures < fate.flaws;
            case FAILS, REJECTED -> !life.mendsMessages();
        };
    }
}
