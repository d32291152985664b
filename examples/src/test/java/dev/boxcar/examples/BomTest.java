package dev.boxcar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The bill of materials has every artifact that is published, and no other. */
class BomTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String MANAGED = "/project/dependencyManagement/dependencies/dependency/";

    private final XPath xpath = XPathFactory.newInstance().newXPath();

    @Test
    void everyPublishedArtifactIsInIt() throws Exception {
        List<String> published = new ArrayList<>();
        for (String module : texts(pom("."), "/project/modules/module")) {
            Document pom = pom(module);
            boolean skipped =
                    texts(pom, "/project/properties/maven.deploy.skip").contains("true");
            if (!skipped && !module.equals("bom")) {
                published.addAll(texts(pom, "/project/artifactId"));
            }
        }

        assertThat(published).contains("boxcar-core", "boxcar-jdbc");
        assertThat(texts(pom("bom"), MANAGED + "artifactId")).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void itsVersionIsThatOfTheBuild() throws Exception {
        Document bom = pom("bom");

        assertThat(texts(bom, "/project/version")).isEqualTo(texts(pom("."), "/project/version"));
        assertThat(texts(bom, MANAGED + "version")).containsOnly("${project.version}");
        assertThat(texts(bom, MANAGED + "groupId")).containsOnly("dev.boxcar");
    }

    @Test
    void itBringsNothingElse() throws Exception {
        Document bom = pom("bom");

        assertThat(texts(bom, "/project/parent")).isEmpty();
        assertThat(texts(bom, "/project/dependencies")).isEmpty();
        assertThat(texts(bom, MANAGED + "scope")).isEmpty();
    }

    private static Document pom(String module) throws Exception {
        Path file = ROOT.resolve(module).resolve("pom.xml");
        assertThat(Files.isRegularFile(file)).as("%s", file).isTrue();
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private List<String> texts(Document pom, String path) throws Exception {
        NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().trim());
        }
        return texts;
    }
}
