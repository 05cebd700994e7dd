package io.nocturne.config;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * The rooms and what each may see. Think hard about the layering before changing a rule: it is what keeps a camera, a
 * model runtime or a broker exchangeable.
 */
@AnalyzeClasses(packages = "io.nocturne", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String[] ROOMS = {"io.nocturne.acquisition..", "io.nocturne.inference..", "io.nocturne.sinks.."
    };

    @ArchTest
    static final ArchRule streamSeesNoOtherRoom = noClasses()
            .that()
            .resideInAPackage("io.nocturne.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nocturne.acquisition..",
                    "io.nocturne.inference..",
                    "io.nocturne.sinks..",
                    "io.nocturne.config..",
                    "io.nocturne.bench..");

    @ArchTest
    static final ArchRule acquisitionInferenceAndSinksNeverSeeEachOther = slices().matching("io.nocturne.(*)..")
            .that(describe("are rooms between stream and config", slice -> slice.stream()
                    .anyMatch(resideInAnyPackage(ROOMS))))
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingSeesConfigButConfig = noClasses()
            .that()
            .resideOutsideOfPackages("io.nocturne.config..", "io.nocturne.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nocturne.config..");

    @ArchTest
    static final ArchRule contractsSeeNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("io.nocturne.stream.spi..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.nocturne..").and(not(resideInAPackage("io.nocturne.stream.spi.."))));

    @ArchTest
    static final ArchRule disruptorStaysInTheRing = only("com.lmax.disruptor..", "io.nocturne.stream.ring..");

    @ArchTest
    static final ArchRule onnxRuntimeStaysInItsPackage = only("ai.onnxruntime..", "io.nocturne.inference.onnx..");

    @ArchTest
    static final ArchRule kafkaStaysInItsSink = only("org.apache.kafka..", "io.nocturne.sinks.kafka..");

    @ArchTest
    static final ArchRule kafkaServerStaysInTheEmbeddedBroker =
            only("kafka.server..", "io.nocturne.sinks.kafka.embedded..");

    @ArchTest
    static final ArchRule javalinStaysInTheView = only("io.javalin..", "io.nocturne.sinks.view..");

    @ArchTest
    static final ArchRule micromanagerStaysInItsPackage = only("mmcorej..", "io.nocturne.acquisition.mm..");

    @ArchTest
    static final ArchRule yamlIsReadInTwoPlaces =
            only("org.yaml.snakeyaml..", "io.nocturne.config.yaml..", "io.nocturne.inference.bioimage..");

    @ArchTest
    static final ArchRule checkpointsCanCallNothing = noClasses()
            .that()
            .resideInAPackage("io.nocturne.inference.checkpoint..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.lang.reflect..", "java.net..", "javax.script.."))
            .orShould()
            .dependOnClassesThat(describe("load, start or deserialise", used -> Set.of(
                            "ClassLoader", "Runtime", "ProcessBuilder", "ObjectInputStream")
                    .contains(used.getSimpleName())))
            .orShould()
            .callMethod(Class.class, "forName", String.class)
            .because("a checkpoint is a program that strangers wrote");

    @ArchTest
    static final ArchRule nobodyIsAManager = classes()
            .that()
            .resideInAPackage("io.nocturne..")
            .should()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Engine")
            .andShould()
            .haveSimpleNameNotEndingWith("Util")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Processor");

    private static ArchRule only(String library, String... where) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(where)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .because("only " + String.join(" and ", where) + " talks to " + library)
                .allowEmptyShould(true);
    }
}
