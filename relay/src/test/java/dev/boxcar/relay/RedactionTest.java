package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private final Redaction redaction = new Redaction();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://host/db?user=me&password=hunter22&ssl=true",
                "jdbc:postgresql://host/db?PASSWORD=hunter22",
                "jdbc:h2:file;PASSWORD=hunter22;USER=sa",
                "jdbc:mysql://me:hunter22@host/db",
                "java.net.UnknownHostException: me:hunter22@127.0.0.1",
                "sasl.jaas.config: password = hunter22, more",
                "trustStorePassword=hunter22",
                "secret: hunter22",
                "PlainLoginModule required username=\"me\" password=\"two words hunter22\";",
                "password=\"it does not end; hunter22"
            })
    void aPasswordIsTakenOutOfWhatOthersWrote(String text) {
        assertThat(redaction.apply(text)).doesNotContain("hunter22").contains("***");
    }

    @Test
    void aKnownSecretIsTakenOutWhereverItStands() {
        redaction.hide("xyzzy7");
        assertThat(redaction.apply("cannot use xyzzy7 here")).isEqualTo("cannot use *** here");
    }

    @Test
    void aSecretOfTwoLettersDoesNotMutilateEverything() {
        redaction.hide("a");
        assertThat(redaction.apply("a database")).isEqualTo("a database");
    }

    @Test
    void ordinaryTextStaysAsItIs() {
        String text = "PostgreSQL at jdbc:postgresql://127.0.0.1:5432/app?user=me, table boxcar_outbox";
        assertThat(redaction.apply(text)).isEqualTo(text);
    }
}
