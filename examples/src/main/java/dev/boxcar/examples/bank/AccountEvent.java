package dev.boxcar.examples.bank;

import dev.boxcar.Message;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What happened to one account in one transfer: the payload of a message.
 *
 * @param account the account's number
 * @param sequence 1 for the account's first event, and one more for each further one
 * @param delta by how much the balance changed
 * @param balance the balance afterwards
 * @param transfer the transfer's id
 */
record AccountEvent(int account, long sequence, long delta, long balance, String transfer) {

    static final String TYPE = "bank.account-changed.v1";

    private static final Pattern JSON = Pattern.compile("\\{\"account\":(\\d+),\"sequence\":(\\d+),\"delta\":(-?\\d+),"
            + "\"balance\":(-?\\d+),\"transfer\":\"([^\"]+)\"}");

    /** Unique for each event, so that the consumer can tell a duplicate from a second event. */
    String id() {
        return transfer + "/" + account;
    }

    Message toMessage() {
        String json = "{\"account\":" + account + ",\"sequence\":" + sequence + ",\"delta\":" + delta + ",\"balance\":"
                + balance + ",\"transfer\":\"" + transfer + "\"}";
        return Message.of("account-" + account, json).withId(id()).withType(TYPE);
    }

    static AccountEvent parse(byte[] payload) {
        Matcher json = JSON.matcher(new String(payload, StandardCharsets.UTF_8));
        if (!json.matches()) {
            throw new IllegalArgumentException("not an account event: " + payload.length + " bytes");
        }
        return new AccountEvent(
                Integer.parseInt(json.group(1)),
                Long.parseLong(json.group(2)),
                Long.parseLong(json.group(3)),
                Long.parseLong(json.group(4)),
                json.group(5));
    }
}
