package io.sparktron.prep.planted;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes planted documents below a folder and keeps the record of them. */
public final class PlantedCorpus {
    private final Path folder;
    private final Map<String, String> breaking = new TreeMap<>();
    private final List<Planted> planted = new ArrayList<>();

    PlantedCorpus(Path folder) {
        this.folder = folder;
    }

    /**
     * The whole corpus below {@code folder/corpus}, and the evaluation text that some of it quotes at {@link #evaluation}.
     *
     * @param folder a temporary folder
     */
    public static PlantedCorpus in(Path folder) throws IOException {
        PlantedCorpus corpus = new PlantedCorpus(folder);
        Passages passages = new Passages(folder.resolve("sample"));
        PlantedDuplicates.plant(corpus, passages);
        PlantedLanguages.plant(corpus);
        PlantedDamage.plant(corpus, passages);
        PlantedPages.plant(corpus, passages);
        PlantedNoise.plant(corpus, passages);
        PlantedRules.plant(corpus, passages);
        PlantedQuotes.plant(corpus, passages);
        return corpus;
    }

    public Path corpus() {
        return folder.resolve("corpus");
    }

    public Path evaluation() {
        return folder.resolve("evaluation.txt");
    }

    public List<Planted> planted() {
        return List.copyOf(planted);
    }

    /** Location of the document that breaks a rule, for each rule that one is planted for. */
    public Map<String, String> breaking() {
        return Map.copyOf(breaking);
    }

    /** What is planted at a location. */
    public Planted at(String location) {
        return planted.stream()
                .filter(document -> document.location().equals(location))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing is planted at " + location));
    }

    /** The bytes of a file of the corpus as text. */
    public String text(String name) throws IOException {
        return Files.readString(corpus().resolve(name));
    }

    /** A file that is one document. */
    void file(String text, Planted document) throws IOException {
        file(text.getBytes(StandardCharsets.UTF_8), document);
    }

    void file(byte[] bytes, Planted document) throws IOException {
        bytes(document.location(), bytes);
        planted.add(document);
    }

    /** A file without a record; its documents are recorded by {@link #record}. */
    void bytes(String name, byte[] bytes) throws IOException {
        Path file = corpus().resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    void breaks(String rule, String location) {
        breaking.put(rule, location);
    }

    void record(Planted document) {
        planted.add(document);
    }
}
