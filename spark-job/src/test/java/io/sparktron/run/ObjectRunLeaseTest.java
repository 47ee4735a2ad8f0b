package io.sparktron.run;

import io.sparktron.storage.Place;
import java.nio.file.Path;

class ObjectRunLeaseTest extends RunLeaseSuite {
    @Override
    Place place(Path local) {
        return Place.objects();
    }
}
