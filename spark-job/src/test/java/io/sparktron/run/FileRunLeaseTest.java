package io.sparktron.run;

import io.sparktron.storage.Place;
import java.nio.file.Path;

class FileRunLeaseTest extends RunLeaseSuite {
    @Override
    Place place(Path local) {
        return Place.local(local);
    }
}
