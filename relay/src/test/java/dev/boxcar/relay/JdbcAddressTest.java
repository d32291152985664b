package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Driver;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcAddressTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://h:5432/db, org.postgresql.Driver",
        "jdbc:mysql://h:3306/db, org.mariadb.jdbc.Driver",
        "jdbc:mariadb://h:3306/db, org.mariadb.jdbc.Driver",
        "jdbc:h2:mem:x, org.h2.Driver",
        "jdbc:sqlite:x.db, org.sqlite.JDBC"
    })
    void everyDatabaseHasItsDriverOnTheClassPath(String url, String driver) throws Exception {
        JdbcAddress address = JdbcAddress.of(url, null, null);
        assertThat(address.driverClass()).isEqualTo(driver);
        Driver found = DriverManager.getDriver(address.url());
        assertThat(found.getClass().getName()).isEqualTo(driver);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:oracle:thin:@h:1521/x", "jdbc:", "postgresql://h/db", "h2", ""})
    void anythingElseIsRefusedWithTheListOfWhatWorks(String url) {
        assertThatThrownBy(() -> JdbcAddress.of(url, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:postgresql:")
                .hasMessageContaining("jdbc:sqlite:");
    }

    @Test
    void aConnectionWhoseOtherEndVanishedIsNotWaitedForForever() {
        assertThat(JdbcAddress.of("jdbc:postgresql://h/db", null, null).properties())
                .containsEntry("socketTimeout", "30")
                .containsEntry("connectTimeout", "5");
    }

    @Test
    void whatTheUrlSaysWins() {
        assertThat(JdbcAddress.of("jdbc:postgresql://h/db?socketTimeout=7", null, null)
                        .properties())
                .doesNotContainKey("socketTimeout")
                .containsKey("connectTimeout");
        assertThat(JdbcAddress.of("jdbc:sqlite:x.db?journal_mode=DELETE", null, null)
                        .properties())
                .doesNotContainKey("journal_mode");
    }

    @Test
    void itsTextShowsNeitherPasswordNorParameters() {
        JdbcAddress address = JdbcAddress.of("jdbc:mysql://h/db?password=hunter22", "me", "hunter22");
        assertThat(address.toString()).isEqualTo("jdbc:mariadb://h/db");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:postgresql://me:hunter22@h/db", "jdbc:mysql://hunter22@h:1", "jdbc:mariadb://a,b:c@h/?x=y"
            })
    void credentialsBeforeTheHostAreRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> JdbcAddress.of(url, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--password-file")
                .hasMessageNotContaining("hunter22");
    }

    @Test
    void anAtSignInAParameterIsNone() {
        assertThat(JdbcAddress.of("jdbc:postgresql://h/db?user=me@h", null, null)
                        .url())
                .endsWith("user=me@h");
    }
}
