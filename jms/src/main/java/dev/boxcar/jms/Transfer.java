package dev.boxcar.jms;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the entries of one call. They go in a transaction: fast, since the broker answers once; and what fails in the middle takes
 * everything with it, so that no later message of a key overtakes an earlier one. Only a transaction that the broker refuses is
 * sent again message by message, which shows whose fault it was; so is one of which Artemis has seen a message before.
 *
 * <p>Nothing is begun after half of the call's time: the other half is for the answer.
 */
final class Transfer {

    /** How messages are made and sent; the same for all calls. */
    record Plan(Messages messages, Addresses addresses, Function<JMSException, @Nullable Outcome> outcomes) {}

    /** Larger transactions would not be faster, and too slow for the time of a call. */
    private static final int LARGEST_TRANSACTION = 1 << 20;

    private final Plan plan;
    private final Link link;
    private final List<ClaimedEntry> entries;
    private final long beginBefore;
    private final PublishResults.Builder results = PublishResults.builder();
    private final Set<ByteBuffer> heldKeys = new HashSet<>();

    /** What becomes of everything that is left, once it is clear that no more can be sent. */
    private @Nullable PublishResult rest;

    private boolean answered;

    Transfer(Plan plan, Link link, List<ClaimedEntry> entries, long beginBefore) {
        this.plan = plan;
        this.link = link;
        this.entries = entries;
        this.beginBefore = beginBefore;
    }

    PublishResults run() {
        List<ClaimedEntry> transaction = new ArrayList<>();
        int bytes = 0;
        for (ClaimedEntry entry : entries) {
            if (!transaction.isEmpty() && bytes + entry.payload().length > LARGEST_TRANSACTION) {
                send(transaction);
                transaction.clear();
                bytes = 0;
            }
            transaction.add(entry);
            bytes += entry.payload().length;
        }
        send(transaction);
        return results.build();
    }

    private void send(List<ClaimedEntry> all) {
        List<ClaimedEntry> due = new ArrayList<>(all.size());
        for (ClaimedEntry entry : all) {
            if (mayGo(entry) && !isRefused(entry)) {
                due.add(entry);
            }
        }
        if (!due.isEmpty() && !sendTogether(due)) {
            due.forEach(this::sendAlone);
        }
    }

    /** Whether nothing stands in the way of an entry; otherwise it has its result. */
    private boolean mayGo(ClaimedEntry entry) {
        isOver();
        if (rest != null) {
            results.add(entry, rest);
            return false;
        }
        if (entry.key() != null && heldKeys.contains(key(entry))) {
            results.add(entry, PublishResult.SKIPPED);
            return false;
        }
        return true;
    }

    /** Whether nothing more may be sent: no time is left, or the broker cannot be reached. */
    private boolean isOver() {
        if (rest == null && System.nanoTime() - beginBefore > 0) {
            rest = answered
                    ? PublishResult.SKIPPED
                    : PublishResult.unavailable("the JMS broker took nothing in half of the publish timeout");
        }
        return rest != null;
    }

    private String addressOf(ClaimedEntry entry) {
        return plan.addresses().of(entry).name();
    }

    private boolean isRefused(ClaimedEntry entry) {
        PublishResult refusal = plan.addresses().of(entry).refusal();
        if (refusal == null) {
            refusal = plan.messages().refusal(entry);
        }
        if (refusal != null) {
            fail(entry, refusal);
        }
        return refusal != null;
    }

    private void fail(ClaimedEntry entry, PublishResult result) {
        results.add(entry, result);
        if (entry.key() != null && result instanceof PublishResult.Failed failed && failed.retryable()) {
            heldKeys.add(key(entry));
        }
    }

    private static ByteBuffer key(ClaimedEntry entry) {
        byte[] key = entry.key();
        return ByteBuffer.wrap(key == null ? new byte[0] : key);
    }

    /** Returns whether every entry has its result; if not, none has taken effect, as far as one can know. */
    private boolean sendTogether(List<ClaimedEntry> due) {
        Link.Line line;
        try {
            line = link.transacted();
        } catch (JMSException | RuntimeException e) {
            cannotConnect(e);
            due.forEach(this::mayGo);
            return true;
        }
        try {
            List<Message> messages = messages(line, due);
            for (int i = 0; i < due.size() && !isOver(); i++) {
                line.send(addressOf(due.get(i)), messages.get(i));
            }
            if (isOver()) {
                line.rollback();
                due.forEach(this::mayGo);
                return true;
            }
            line.commit();
        } catch (JMSException | RuntimeException e) {
            rollBack(line);
            return false;
        }
        answered = true;
        due.forEach(results::sent);
        return true;
    }

    /** The messages of these entries; an entry of which none can be made has failed, and is taken out. */
    private List<Message> messages(Link.Line line, List<ClaimedEntry> due) throws JMSException {
        List<Message> messages = new ArrayList<>(due.size());
        for (Iterator<ClaimedEntry> each = due.iterator(); each.hasNext(); ) {
            ClaimedEntry entry = each.next();
            Message message = mayGo(entry) ? message(line, entry) : null;
            if (message == null) {
                each.remove();
            } else {
                messages.add(message);
            }
        }
        return messages;
    }

    private void rollBack(Link.Line line) {
        if (isOver()) { // perhaps interrupted, and in whatever state
            link.drop();
            return;
        }
        try {
            line.rollback();
        } catch (JMSException | RuntimeException e) {
            link.drop();
        }
    }

    /** The message of an entry, or null when the entry has failed. */
    private @Nullable Message message(Link.Line line, ClaimedEntry entry) throws JMSException {
        Message message = plan.messages().create(line.session());
        try {
            plan.messages().fill(message, entry);
            return message;
        } catch (JMSException | RuntimeException e) {
            fail(entry, PublishResult.failed("no JMS message can be made of it: " + name(e)));
            return null;
        }
    }

    private void sendAlone(ClaimedEntry entry) {
        if (!mayGo(entry)) {
            return;
        }
        Link.Line line;
        try {
            line = link.single();
        } catch (JMSException | RuntimeException e) {
            cannotConnect(e);
            mayGo(entry);
            return;
        }
        try {
            Message message = message(line, entry);
            if (message != null) {
                line.send(addressOf(entry), message);
                results.sent(entry);
            }
            answered = true;
        } catch (JMSException | RuntimeException e) {
            refused(entry, e);
        }
    }

    private void refused(ClaimedEntry entry, Exception e) {
        Outcome outcome = e instanceof JMSException exception ? plan.outcomes().apply(exception) : null;
        if (outcome == null) {
            outcome = link.reopens() ? Outcome.FAILED : Outcome.UNAVAILABLE;
        }
        String what = "the JMS broker refused the message for '" + addressOf(entry) + "' (does it exist, has it room?)";
        if (outcome == Outcome.UNAVAILABLE) {
            rest = unavailable(what, e);
            mayGo(entry);
            return;
        }
        answered = true;
        String reason = what + ": " + name(e);
        fail(entry, outcome == Outcome.FAILED ? PublishResult.failed(reason) : PublishResult.rejected(reason));
    }

    private void cannotConnect(Exception e) {
        link.drop();
        rest = unavailable("cannot connect to the JMS broker", e);
    }

    private static PublishResult unavailable(String what, Exception e) {
        return PublishResult.unavailable(what + ": " + name(e));
    }

    /** The exception without its text, in which brokers quote messages. */
    private static String name(Throwable e) {
        String code = e instanceof JMSException exception ? exception.getErrorCode() : null;
        Throwable cause = e.getCause();
        return e.getClass().getSimpleName()
                + (code == null ? "" : " " + code)
                + (cause == null ? "" : ", caused by " + name(cause));
    }
}
