package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;

/** That the shared tests ran on the line that this module is named after. */
class SpringBootLineTest {

    @Test
    void theTestsRunOnThisLine() {
        assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
    }
}
