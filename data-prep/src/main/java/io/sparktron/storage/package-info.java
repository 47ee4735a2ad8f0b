/** File systems as data preparation and runs use them: any of Hadoop's, object stores too, reached by driver and ranks alike. */
package io.sparktron.storage;
