package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchTest {
    private static final Sketch DEFAULT = Sketch.of(DuplicateSettings.DEFAULT);

    @Test
    void agreementsAreCounted() {
        int[] signature = new Random(1).ints(100).toArray();
        long[] all = Sketch.unpack(Sketch.pack(signature));
        assertThat(new Sketch(100, 100).admits(all, all)).isTrue();
        for (int i = 0; i < 20; i++) {
            signature[i * 5]++;
        }
        long[] most = Sketch.unpack(Sketch.pack(signature));
        // One more or less changes the four bits mostly, not always.
        int agree = 0;
        while (new Sketch(100, agree + 1).admits(all, most)) {
            agree++;
        }
        assertThat(agree).isBetween(80, 85);
    }

    @Test
    void fewHashesAdmitEverything() {
        DuplicateSettings few = new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, 0.7, 0.97, 4, 1, 2000);
        assertThat(Sketch.of(few).needed()).isZero();
        assertThat(DEFAULT.needed()).isEqualTo(54); // 100 p = 71.875, standard deviation 4.496
    }

    /** Signatures drawn as MinHash would: equal hashes with probability J. */
    @Test
    void pairsAtTheThresholdPassAndThoseThatShareBoilerplateDoNot() {
        assertThat(admitted(0.7, 20_000)).isGreaterThan(0.9995); // expected 0.99994
        assertThat(admitted(0.3, 20_000)).isLessThan(0.001);
        // Mean 46.25 with J = 0.427, standard deviation 4.99: 53.5 is 1.45 above it.
        assertThat(admitted(0.427, 20_000)).isCloseTo(0.073, within(0.02));
    }

    private static double admitted(double similarity, int pairs) {
        Random random = new Random(5);
        int admitted = 0;
        for (int pair = 0; pair < pairs; pair++) {
            int[] a = random.ints(DEFAULT.hashes()).toArray();
            int[] b = a.clone();
            for (int i = 0; i < b.length; i++) {
                b[i] = random.nextDouble() < similarity ? b[i] : random.nextInt();
            }
            admitted += DEFAULT.admits(Sketch.unpack(Sketch.pack(a)), Sketch.unpack(Sketch.pack(b))) ? 1 : 0;
        }
        return (double) admitted / pairs;
    }
}
