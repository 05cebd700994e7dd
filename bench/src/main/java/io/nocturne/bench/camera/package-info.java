/**
 * What cameras cost: Micro-Manager's core, real or fake, and the plugin's wire. The long forms, ten minutes each on an
 * otherwise idle machine; DIR holds MMCoreJ.jar, the native library and the DemoCamera adapter:
 *
 * <pre>{@code
 * JAVA="java -Xmx2g -XX:MaxDirectMemorySize=3g -XX:G1HeapRegionSize=32m -jar bench/target/nocturne-bench.jar"
 * $JAVA camera --mm DIR --size 512 --exposure 2 --seconds 600 --restorer denoise-fast --workers 2
 * $JAVA camera --mm DIR --size 2048 --exposure 10 --seconds 600 --restorer denoise-fast --workers 2
 * $JAVA camera --mm DIR --size 512 --exposure 2 --seconds 60 --disk
 * $JAVA camera --mm DIR --size 2048 --exposure 10 --seconds 60 --disk --mode record
 * $JAVA studio --seconds 600 --pause 60
 * }</pre>
 */
package io.nocturne.bench.camera;
