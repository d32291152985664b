package dev.boxcar.chaos;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * What a campaign is like.
 *
 * @param minutes how long; every kind of fault happens at least once, however short that is
 * @param seed decides which fault comes when, and what writers write
 * @param database on which database
 * @param transactional whether relays send in Kafka transactions
 * @param takeoverLimit how long others may take until they have what a dead relay held
 * @param sabotage what is broken on purpose
 * @param only the kinds of fault that happen, as a regular expression
 */
record CampaignSettings(
        double minutes,
        long seed,
        DatabaseKind database,
        boolean transactional,
        Duration takeoverLimit,
        Set<Sabotage.Mode> sabotage,
        String only) {

    /** What is guaranteed. */
    static final Duration GUARANTEED_TAKEOVER = RelayFleet.CLAIM_DURATION.plusSeconds(1);

    CampaignSettings {
        if (minutes <= 0 || minutes > 24 * 60) {
            throw new IllegalArgumentException("--minutes (" + minutes + ") must be more than 0 and at most a day");
        }
    }

    /** Longer campaigns have longer outages. */
    double longestOutageSeconds() {
        return Math.min(180, Math.max(4, minutes * 8));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%.2f minutes on %s, seed %d%s",
                minutes,
                database.name().toLowerCase(Locale.ROOT),
                seed,
                transactional ? ", Kafka transactions" : "");
    }
}
