package dev.boxcar.jdbc;

/**
 * The id of a message whose writer gave it none: a UUID of version 8 made of the time it was written (60 bits of
 * microseconds) and its entry's number (62 bits). The time keeps ids apart when numbers are handed out again, for example
 * after a failover. The dialects build the same text in SQL when an entry moves to the dead letters.
 */
final class MessageIds {

    private MessageIds() {}

    static String derived(long createdMicros, long id) {
        char[] text = new char[36];
        hex(text, 0, 8, createdMicros >>> 28);
        text[8] = '-';
        hex(text, 9, 4, createdMicros >>> 12);
        text[13] = '-';
        hex(text, 14, 4, 0x8000 | (createdMicros & 0xfff));
        text[18] = '-';
        hex(text, 19, 4, 0x8000 | ((id >>> 48) & 0x3fff));
        text[23] = '-';
        hex(text, 24, 12, id);
        return new String(text);
    }

    private static void hex(char[] text, int from, int digits, long value) {
        for (int i = 0; i < digits; i++) {
            text[from + i] = Character.forDigit((int) (value >>> (4 * (digits - 1 - i))) & 0xf, 16);
        }
    }
}
