package io.sparktron.prep.planted;

import java.io.IOException;
import java.util.Collections;

/** Personal data, and what the published rules of quality are against: each document breaks one rule by far and no other that comes before it. */
public final class PlantedNoise {
    public static final String PERSONAL = "noise/personal.txt";

    private PlantedNoise() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        corpus.file(
                passages.text(200)
                        + "\nWrite to jane.doe@example.org or JOHN@mail.example.com from 8.8.8.8 or 192.168.0.1.\n",
                Planted.kept(PERSONAL, "two e-mail addresses, a public and a private IP address"));
        corpus.file(
                String.join("\n", Collections.nCopies(60, "Buy cheap watches here today and save your money.")),
                Planted.dropped("noise/spam.txt", "one line, sixty times", "filter", "duplicate lines"));
    }
}
