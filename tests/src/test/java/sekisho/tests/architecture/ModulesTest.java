package sekisho.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import jakarta.persistence.Entity;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.tests.OurClasses;

/** The arrows of the house: who may know whom. */
class ModulesTest {

    private static final String[] PROGRAMS = {"sekisho.tools..", "sekisho.embedded..", "sekisho.demo.."};

    private static final List<String> DATABASE = List.of("jakarta.persistence", "org.hibernate", "java.sql", "javax.sql", "io.agroal",
        "org.postgresql");

    private static final Set<String> ADDING = Set.of("addProvider", "insertProviderAt");

    private static final ArchRule NO_PROVIDERS = noClasses().should().accessTargetWhere(DescribedPredicate.describe("adds a provider",
        access -> access.getTargetOwner().isEquivalentTo(Security.class) && ADDING.contains(access.getTarget().getName())));

    private static final DescribedPredicate<JavaClass> FOREIGN = DescribedPredicate.describe("type of an SDK or of a crypto provider", type ->
        Stream.of("io.minio", "okhttp3", "org.bouncycastle", "javax.crypto", "java.security.Provider").anyMatch(type.getName()::startsWith));

    private static final DescribedPredicate<JavaClass> ENTITIES = DescribedPredicate.describe("entity", type -> type.isAnnotatedWith(Entity.class));

    @Test
    void adaptersDoNotSeeEachOther() {
        noClasses().that().resideInAPackage("sekisho.mailhook..").should().dependOnClassesThat()
            .resideInAnyPackage("sekisho.web..", "sekisho.admin..", "sekisho.pages..").check(OurClasses.ALL);
        noClasses().that().resideInAPackage("sekisho.web..").should().dependOnClassesThat()
            .resideInAnyPackage("sekisho.mailhook..", "sekisho.admin..").check(OurClasses.ALL);
        noClasses().that().resideInAPackage("sekisho.admin..").should().dependOnClassesThat()
            .resideInAnyPackage("sekisho.mailhook..", "sekisho.web..", "sekisho.storage..").check(OurClasses.ALL);
        noClasses().that().resideInAPackage("sekisho.pages..").should().dependOnClassesThat()
            .resideInAnyPackage("sekisho.mailhook..", "sekisho.web..", "sekisho.admin..").check(OurClasses.ALL);
    }

    /** But for one class of {@code pages}, which tells the database's being away from a defect, by what the exception says. */
    @Test
    void adaptersSeeNoDatabaseAndNoEntity() {
        noClasses().that().resideInAnyPackage("sekisho.mailhook..", "sekisho.web..", "sekisho.admin..", "sekisho.pages..")
            .and().doNotHaveFullyQualifiedName("sekisho.pages.Temporary").should()
            .dependOnClassesThat(DescribedPredicate.describe("speak to the database", type -> DATABASE.stream().anyMatch(type.getPackageName()::startsWith)
                && !type.getPackageName().startsWith("org.hibernate.validator"))).check(OurClasses.ALL);
        classes().that().areAnnotatedWith(Entity.class).should().bePackagePrivate().check(OurClasses.ALL);
        classes().that().resideInAPackage("sekisho.gateway..").and().arePublic().should(showNo(ENTITIES)).check(OurClasses.ALL);
    }

    @Test
    void storageKnowsNobodyOfUs() {
        noClasses().that().resideInAPackage("sekisho.storage..").should().dependOnClassesThat(DescribedPredicate.describe("are ours but not storage",
            type -> type.getPackageName().startsWith("sekisho.") && !type.getPackageName().startsWith("sekisho.storage"))).check(OurClasses.ALL);
    }

    @Test
    void inspectionKnowsNobodyOfUsAndOnlyGatewayKnowsIt() {
        noClasses().that().resideInAPackage("sekisho.inspection..").should().dependOnClassesThat(DescribedPredicate.describe(
            "are ours but not inspection", type -> type.getPackageName().startsWith("sekisho.") && !type.getPackageName().startsWith("sekisho.inspection")))
            .check(OurClasses.ALL);
        noClasses().that().resideOutsideOfPackages("sekisho.inspection..", "sekisho.gateway..").should().dependOnClassesThat()
            .resideInAPackage("sekisho.inspection..").check(OurClasses.ALL);
    }

    @Test
    void storageShowsNoTypeOfAnSdkOrOfACryptoProvider() {
        classes().that().resideInAPackage("sekisho.storage..").and().arePublic().should(showNo(FOREIGN)).check(OurClasses.ALL);
    }

    @Test
    void whatASignatureShowsIsFoundInsideOfGenericTypesToo() {
        var shows = new ClassFileImporter().importClasses(ShowsInside.class, ShowsInParent.class);
        var rule = classes().should(showNo(FOREIGN));
        assertThat(rule.evaluate(shows).getFailureReport().getDetails()).hasSize(6);
    }

    /** A provider at the first place answers for every algorithm that it knows, and BouncyCastle is a hundred times slower at AES-GCM. */
    @Test
    void nobodyPutsAProviderBesideTheJdks() {
        NO_PROVIDERS.check(OurClasses.ALL);
    }

    @Test
    void aProviderIsFoundWhereAMethodIsOnlyReferredTo() {
        var adders = new ClassFileImporter().importClasses(AddsOne.class, InsertsOne.class, RefersToAdding.class);
        assertThat(NO_PROVIDERS.evaluate(adders).getFailureReport().getDetails()).hasSize(3);
    }

    @Test
    void gatewaySpeaksNeitherHttpNorSmtpAndKnowsNoAdapter() {
        noClasses().that().resideInAPackage("sekisho.gateway..").should().dependOnClassesThat().resideInAnyPackage(
            "jakarta.ws.rs..", "org.jboss.resteasy..", "io.vertx..", "io.quarkus.vertx..", "io.quarkus.qute..", "java.net.http..", "jakarta.mail..",
            "org.eclipse.angus..", "org.apache.james..", "sekisho.mailhook..", "sekisho.web..", "sekisho.admin..", "sekisho.pages..").check(OurClasses.ALL);
    }

    @Test
    void theProductDependsOnNoProgramThatRunsBesideIt() {
        noClasses().that().resideOutsideOfPackages(PROGRAMS).should().dependOnClassesThat().resideInAnyPackage(PROGRAMS).check(OurClasses.ALL);
        noClasses().that().resideInAPackage("sekisho.tools..").should().dependOnClassesThat()
            .resideInAnyPackage("sekisho.embedded..", "sekisho.demo..").check(OurClasses.ALL);
        noClasses().that().resideInAPackage("sekisho.embedded..").should().dependOnClassesThat(DescribedPredicate.describe(
            "are ours but not embedded", type -> type.getPackageName().startsWith("sekisho.") && !type.getPackageName().startsWith("sekisho.embedded")))
            .check(OurClasses.ALL);
    }

    /** The features of gateway share the rows of one delivery and know each other. */
    @ParameterizedTest
    @ValueSource(strings = {"mailhook", "web", "admin", "storage"})
    void featuresOfAModuleDoNotGoInCircles(String module) {
        SlicesRuleDefinition.slices().matching("sekisho." + module + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true).check(OurClasses.ALL);
    }

    /** Every type in a signature that others can call: parameters, results, exceptions, fields, parents, and what stands in their angle brackets. */
    private static ArchCondition<JavaClass> showNo(DescribedPredicate<JavaClass> forbidden) {
        return new ArchCondition<>("show no " + forbidden.getDescription()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                var shown = new ArrayList<JavaType>(type.getInterfaces());
                type.getSuperclass().ifPresent(shown::add);
                shown.addAll(type.getAllRawSuperclasses());
                shown.addAll(type.getAllRawInterfaces());
                shown.addAll(type.getTypeParameters());
                type.getCodeUnits().stream().filter(unit -> isShown(unit.getModifiers())).forEach(unit -> shown.addAll(shownBy(unit)));
                type.getFields().stream().filter(field -> isShown(field.getModifiers())).forEach(field -> shown.add(field.getType()));
                shown.stream().flatMap(each -> each.getAllInvolvedRawTypes().stream()).map(JavaClass::getBaseComponentType).filter(forbidden).distinct()
                    .forEach(each -> events.add(SimpleConditionEvent.violated(type, type.getName() + " shows " + each.getName())));
            }
        };
    }

    private static boolean isShown(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static List<JavaType> shownBy(JavaCodeUnit unit) {
        var shown = new ArrayList<>(unit.getParameterTypes());
        shown.add(unit.getReturnType());
        shown.addAll(unit.getTypeParameters());
        unit.getExceptionTypes().forEach(thrown -> shown.add(thrown.toErasure()));
        return shown;
    }

    private static class ShowsInside<T extends SecretKey> {
        public List<Cipher> field = List.of();
        public <M extends Mac> Map<String, ? extends Provider[]> method(M parameter, Optional<KeyAgreement> other) {
            throw new IllegalStateException(field.toString() + parameter + other);
        }
    }

    private static final class ShowsInParent extends ArrayList<Cipher> {
        private static final long serialVersionUID = 1;
    }

    private static final class AddsOne {
        int add(Provider provider) {
            return Security.addProvider(provider);
        }
    }

    private static final class InsertsOne {
        int insert(Provider provider) {
            return Security.insertProviderAt(provider, 1);
        }
    }

    private static final class RefersToAdding {
        ToIntFunction<Provider> adding() {
            return Security::addProvider;
        }
    }
}
