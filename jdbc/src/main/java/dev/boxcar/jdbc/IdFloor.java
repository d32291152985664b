package dev.boxcar.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Knows from where on new entries can have their ids. Whatever id the sequence had reached when a statement was sent, all
 * transactions that were numbered after this statement's own transaction take larger ones: the id's default numbers the
 * transaction first. Such a pair of transaction number and id is a mark; every statement of ours that writes makes one.
 *
 * <p>A sequence shows more than it has handed out for a moment: every 32 ids it logs 32 in advance, and while it does, its
 * {@code last_value} is that much ahead. A floor taken from such a look would hide what is written next, for as long as the
 * reader lives. So what the statements call reached is {@code last_value - 33}: 32 for that, and one for a sequence that has handed
 * out nothing yet. (PostgreSQL, {@code sequence.c}: {@code SEQ_LOG_VALS}, and {@code nextval_internal}.)
 *
 * <p>The snapshot's xmax would not do: it is one more than the last <em>ended</em> transaction, so transactions above it may
 * have begun, and taken ids, long ago.
 */
final class IdFloor {

    /**
     * All transactions numbered {@code xid} or later take ids above {@code id}.
     *
     * @param server the run of the server to which this applies
     */
    record Mark(String server, long xid, long id) {}

    /** What a statement must know before it is sent, so that its transaction can make a mark. */
    record Reached(String server, long id) {}

    private @Nullable Reached reached;
    private @Nullable Mark mark;

    synchronized @Nullable Reached reached() {
        return reached;
    }

    synchronized @Nullable Mark mark() {
        return mark;
    }

    /** A statement found the sequence at this id. */
    synchronized void reached(String server, long id) {
        Reached known = reached;
        if (known == null || !known.server.equals(server) || known.id < id) {
            reached = new Reached(server, id);
        }
    }

    /** A statement that was sent after {@code before} was known had this transaction number. */
    synchronized void written(@Nullable Reached before, String server, long xid) {
        if (before == null || !before.server.equals(server)) {
            return;
        }
        Mark known = mark;
        if (known == null || !known.server.equals(server) || known.id < before.id) {
            mark = new Mark(server, xid, before.id);
        }
    }
}
