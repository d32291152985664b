package dev.boxcar.jms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PropertyNamesTest {

    @ParameterizedTest
    @CsvSource({
        "trace, trace",
        "content-type, content_HYPHEN_type",
        "order.id, order_DOT_id",
        "größe, größe",
        "a b, a_x20_b",
        "1st, _x31_st",
        "-, _HYPHEN_",
        "and, _x61_nd",
        "Null, _x4e_ull",
        "JMSXGroupID, _x4a_MSXGroupID",
        "_AMQ_SCHED_DELIVERY, _x5f_AMQ_SCHED_DELIVERY"
    })
    void aHeaderBecomesANameThatJmsAllowsAndNoBrokerObeys(String header, String name) {
        assertThat(PropertyNames.of(header)).isEqualTo(name);
    }
}
