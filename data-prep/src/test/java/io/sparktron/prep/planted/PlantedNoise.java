package io.sparktron.prep.planted;

import java.io.IOException;

/** Personal data, and documents that no rule but the length can say anything about. */
public final class PlantedNoise {
    public static final String PERSONAL = "noise/personal.txt";
    /** What masking leaves nothing of. */
    public static final String[] MASKED = {"jane.doe@example.org", "JOHN@mail.example.com", "8.8.8.8"};
    /** Of a private network, and a version: no personal data. */
    public static final String[] UNMASKED = {"192.168.0.1", "version 10.2.1"};

    private PlantedNoise() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        corpus.file(
                passages.text(200) + "\nWrite to " + MASKED[0] + " or " + MASKED[1] + ", from " + MASKED[2] + " or "
                        + UNMASKED[0] + ", about " + UNMASKED[1] + ".\n",
                Planted.kept(PERSONAL, "two e-mail addresses, a public and a private IP address"));
    }
}
