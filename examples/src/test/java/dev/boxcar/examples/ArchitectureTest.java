package dev.boxcar.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which module and package may know which. */
class ArchitectureTest {

    private static final String[] CORE = {
        "dev.boxcar", "dev.boxcar.spi..", "dev.boxcar.memory..", "dev.boxcar.internal.."
    };

    /** What users may call; everything that Boxcar's other modules may call as well. */
    private static final String[] API = {"dev.boxcar", "dev.boxcar.spi..", "dev.boxcar.memory.."};

    private static final String[] LIBRARIES = {
        "dev.boxcar",
        "dev.boxcar.spi..",
        "dev.boxcar.memory..",
        "dev.boxcar.internal..",
        "dev.boxcar.jdbc..",
        "dev.boxcar.kafka..",
        "dev.boxcar.http..",
        "dev.boxcar.micrometer..",
        "dev.boxcar.opentelemetry..",
        "dev.boxcar.rabbitmq..",
        "dev.boxcar.nats..",
        "dev.boxcar.redis..",
        "dev.boxcar.jms..",
        "dev.boxcar.sqs..",
        "dev.boxcar.spring..",
        "dev.boxcar.testkit.."
    };

    private static final String[] EVERYWHERE = {"java..", "org.slf4j..", "org.jspecify.annotations.."};

    private static final JavaClasses BOXCAR = new ClassFileImporter()
            .withImportOption(ArchitectureTest::isProduction)
            .importPackages("dev.boxcar");

    @Test
    void theCoreNeedsOnlyJavaAndSlf4j() {
        classes()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .onlyDependOnClassesThat(allowed(CORE))
                .check(BOXCAR);
    }

    @Test
    void theStorageInterfaceKnowsNothingOfTheEngine() {
        noClasses()
                .that()
                .resideInAPackage("dev.boxcar.spi..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.boxcar.internal..")
                .check(BOXCAR);
    }

    @Test
    void onlyTheCoreKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.boxcar.internal..")
                .check(BOXCAR);
    }

    @Test
    void jdbcNeedsNoDriver() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.jdbc..")
                .and()
                .doNotHaveSimpleName("PostgresNotifications") // loaded when somebody listens
                .should()
                .onlyDependOnClassesThat(allowed(API).or(resideInAnyPackage("dev.boxcar.jdbc..", "javax.sql..")))
                .check(BOXCAR);
    }

    @Test
    void kafkaNeedsOnlyItsClient() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.kafka..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.kafka..", "org.apache.kafka.clients..", "org.apache.kafka.common..")))
                .check(BOXCAR);
    }

    @Test
    void httpNeedsOnlyJavasClientAndAWriterOfJson() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.http..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage("dev.boxcar.http..", "javax.crypto..", "com.fasterxml.jackson.core..")))
                .check(BOXCAR);
    }

    @Test
    void micrometerNeedsOnlyMicrometersCore() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.micrometer..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.micrometer..",
                                "io.micrometer.core.instrument..",
                                "io.micrometer.observation..")))
                .check(BOXCAR);
    }

    @Test
    void opentelemetryNeedsOnlyItsApi() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.opentelemetry..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.opentelemetry..", "io.opentelemetry.api..", "io.opentelemetry.context..")))
                .check(BOXCAR);
    }

    @Test
    void rabbitMqNeedsOnlyItsClient() {
        needsOnly("dev.boxcar.rabbitmq..", "com.rabbitmq.client..");
    }

    @Test
    void natsNeedsOnlyItsClient() {
        needsOnly("dev.boxcar.nats..", "io.nats.client..");
    }

    @Test
    void redisNeedsOnlyItsClient() {
        needsOnly("dev.boxcar.redis..", "io.lettuce.core..");
    }

    @Test
    void jmsNeedsOnlyTheInterfacesOfJms() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.jms..")
                .should()
                .onlyDependOnClassesThat(allowed(API).or(resideInAnyPackage("dev.boxcar.jms..", "jakarta.jms")))
                .check(BOXCAR);
    }

    @Test
    void sqsNeedsOnlyItsClientAndAWriterOfJson() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.sqs..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.sqs..",
                                "software.amazon.awssdk.services.sqs..",
                                "software.amazon.awssdk.core..",
                                "software.amazon.awssdk.awscore..",
                                "com.fasterxml.jackson.core..")))
                .check(BOXCAR);
    }

    @Test
    void theSpringStarterNeedsOnlySpringAndWhatItConfigures() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.spring..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.spring..",
                                "dev.boxcar.jdbc..",
                                "dev.boxcar.kafka..",
                                "dev.boxcar.http..",
                                "dev.boxcar.rabbitmq..",
                                "dev.boxcar.nats..",
                                "dev.boxcar.redis..",
                                "dev.boxcar.jms..",
                                "dev.boxcar.sqs..",
                                "dev.boxcar.micrometer..",
                                "dev.boxcar.opentelemetry..",
                                "com.rabbitmq.client..",
                                "io.nats.client..",
                                "jakarta.jms..",
                                "software.amazon.awssdk.services.sqs..",
                                "io.micrometer..",
                                "io.opentelemetry.api..",
                                "javax.sql..",
                                "org.springframework..",
                                "com.fasterxml.jackson..",
                                "tools.jackson..")))
                .check(BOXCAR);
    }

    @Test
    void theTestkitNeedsNoStorageAndNoPublisher() {
        classes()
                .that()
                .resideInAPackage("dev.boxcar.testkit..")
                .should()
                .onlyDependOnClassesThat(allowed(API)
                        .or(resideInAnyPackage(
                                "dev.boxcar.testkit..",
                                "javax.sql..",
                                "org.junit.jupiter.api..",
                                "org.junit.jupiter.params..",
                                "org.assertj..")))
                .check(BOXCAR);
    }

    /** Whoever tests an application has chosen a test framework already. */
    @Test
    void scenariosNeedNoTestFramework() {
        noClasses()
                .that()
                .resideInAPackage("dev.boxcar.testkit.scenario..")
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..")
                .check(BOXCAR);
    }

    @Test
    void theTestServersKnowNothingOfBoxcar() {
        noClasses()
                .that()
                .resideInAPackage("dev.boxcar.testservers..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.boxcar..")
                        .and(DescribedPredicate.not(resideInAPackage("dev.boxcar.testservers.."))))
                .check(BOXCAR);
    }

    @Test
    void nothingPublishedNeedsTheExamplesOrTheTestServers() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .or()
                .resideInAPackage("dev.boxcar.relay..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.boxcar.examples..",
                        "dev.boxcar.testservers..",
                        "dev.boxcar.benchmarks..",
                        "dev.boxcar.chaos..")
                .check(BOXCAR);
    }

    @Test
    void packagesOfAModuleFormNoCycles() {
        slices().matching("dev.boxcar.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(BOXCAR);
        slices().matching("dev.boxcar.jdbc.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(BOXCAR);
        slices().matching("dev.boxcar.relay.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(BOXCAR);
    }

    @Test
    void aLibraryWritesToNoStandardStream() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(BOXCAR);
    }

    /** So that a test can put the engine on simulated time; only the class that owns the real thread waits for it. */
    @Test
    void theEngineAsksItsClockForTheTime() {
        noClasses()
                .that()
                .resideInAPackage("dev.boxcar.internal..")
                .and()
                .doNotHaveSimpleName("Processor")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .check(BOXCAR);
    }

    @Test
    void oneModuleOwnsAPackage() {
        Map<String, Set<String>> owners = new TreeMap<>();
        for (JavaClass type : BOXCAR) {
            String file = type.getSource().orElseThrow().getUri().toString();
            String path = type.getName().replace('.', '/') + ".class";
            owners.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                    .add(file.substring(0, file.length() - path.length()));
        }

        assertThat(owners)
                .hasSizeGreaterThan(6)
                .allSatisfy((name, folders) -> assertThat(folders).hasSize(1));
    }

    private static void needsOnly(String module, String client) {
        classes()
                .that()
                .resideInAPackage(module)
                .should()
                .onlyDependOnClassesThat(allowed(API).or(resideInAnyPackage(module, client)))
                .check(BOXCAR);
    }

    private static DescribedPredicate<JavaClass> allowed(String... packages) {
        return resideInAnyPackage(packages).or(resideInAnyPackage(EVERYWHERE));
    }

    private static boolean isProduction(Location location) {
        return !location.contains("/test-classes/");
    }
}
