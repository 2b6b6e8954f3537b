// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The rooms, bottom to top. A room imports only what its row names; `scripts/check` compares each `import` with it.

let strict = Context.environment["CLIP_STRICT"] != nil

let language: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let style = language + [.strictMemorySafety()]

/// Rooms that loop over pixels, floats or bytes are optimized in debug builds too, so that tests stay quick.
let computing: [SwiftSetting] = style + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func room(
    _ name: String, _ imports: [Target.Dependency] = [], resources: [Resource] = [], computes: Bool = false
) -> Target {
    .target(name: name, dependencies: imports, resources: resources, swiftSettings: computes ? computing : style)
}

/// The loops of `Sources/KernelSources`, compiled for one instruction level. The folder holds only symbolic links.
/// Every line there works on pointers, so they are not marked one by one; the room `Kernels` checks what it hands over.
func kernels(_ name: String, march: String) -> Target {
    .target(
        name: name, dependencies: ["CIntrinsics", "KernelInterface"],
        swiftSettings: language + [
            .define(name.uppercased()),
            .unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512"]),
        ])
}

/// The loops of `Sources/PixelSources`, in the same way.
func pixels(_ name: String, march: String) -> Target {
    .target(
        name: name, dependencies: ["CIntrinsics", "PixelInterface"],
        swiftSettings: language + [
            .define(name.uppercased()),
            .unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512"]),
        ])
}

func command(_ name: String, _ imports: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: imports + [argumentParser], swiftSettings: style)
}

func tests(_ name: String, _ imports: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: imports, resources: resources, swiftSettings: computing)
}

/// Codecs that are built where their library is there. The manifest is read again when it changes: after installing one,
/// `touch Package.swift`.
let optionalCodecs = [
    (define: "CLIP_WEBP", header: "webp/demux.h", libraries: ["webp", "webpdemux"]),
    (define: "CLIP_GIF", header: "gif_lib.h", libraries: ["gif"]),
    (define: "CLIP_DEFLATE", header: "libdeflate.h", libraries: ["deflate"]),  // PNGs are read faster with it
].filter { codec in
    ["/usr/include", "/usr/local/include", "/opt/homebrew/include"]
        .contains { FileManager.default.fileExists(atPath: "\($0)/\(codec.header)") }
}

/// Sanitizers of a build for `scripts/fuzz`, such as `fuzzer` or `address,fuzzer`; nil in every other build.
let fuzzing = Context.environment["CLIP_FUZZ"]
let fuzzers: [Target] =
    fuzzing.map { sanitizers in
        let flags = ["-sanitize=\(sanitizers)"]
        return [
            .executableTarget(
                name: "picture-fuzzing", dependencies: ["Failures", "Images"], path: "Tests/PictureFuzzing",
                swiftSettings: style + [.unsafeFlags(flags + ["-parse-as-library"])],
                linkerSettings: [.unsafeFlags(flags + ["-use-ld=lld"])])
        ]
    } ?? []

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

#if arch(arm64)
    let levels = [kernels("KernelsNEON", march: "armv8.2-a")]
    let pixelLevels = [pixels("PixelsNEON", march: "armv8.2-a")]
#else
    let levels = [kernels("KernelsAVX2", march: "x86-64-v3"), kernels("KernelsAVX512", march: "cascadelake")]
    let pixelLevels = [pixels("PixelsAVX2", march: "x86-64-v3"), pixels("PixelsAVX512", march: "cascadelake")]
#endif

let floor0: [Target] = [
    room("Failures"),
    .target(name: "CIntrinsics"),
    room("Processor", ["CIntrinsics"]),
    room("Tensors", ["CIntrinsics"], computes: true),
    .target(name: "KernelInterface", swiftSettings: language),
    .target(name: "PixelInterface", swiftSettings: language),
    .target(
        name: "CImageCodecs",
        cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))] + optionalCodecs.map { .define($0.define) }
            + (fuzzing.map { [.define("CLIP_FUZZ"), .unsafeFlags(["-fsanitize=\($0)"])] } ?? []),
        linkerSettings: (["png", "jpeg"] + optionalCodecs.flatMap(\.libraries)).map { .linkedLibrary($0) }),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

let floor1: [Target] =
    levels + pixelLevels + [
        room("Storage", ["CZlib", "Failures"], computes: true),
        room(
            "Kernels",
            levels.map { .byName(name: $0.name) } + ["CIntrinsics", "KernelInterface", "Processor", "Tensors"],
            computes: true),
        room(
            "Images",
            pixelLevels.map { .byName(name: $0.name) } + ["CImageCodecs", "Failures", "PixelInterface", "Processor"],
            computes: true),
    ]

let floor2: [Target] = [
    room("Tokenizers", ["Failures", "Storage"], computes: true),
    room("Augmentations", ["Failures", "Images", "Tensors"], computes: true),
    room("Autodiff", ["Kernels", "Tensors"], computes: true),
    room("Layers", ["Autodiff", "Kernels", "Tensors"]),
    room("Catalogue", [grdb, "Failures", "Storage"]),
    room("VectorIndex", ["Failures", "Kernels", "Storage", "Tensors"], computes: true),
]

let floor3: [Target] = [
    room("Evaluation", ["Kernels", "Tensors"], computes: true),
    room(
        "Datasets", ["Augmentations", "Catalogue", "Failures", "Images", "Storage", "Tensors", "Tokenizers"],
        computes: true),
    room("Objectives", ["Autodiff", "Kernels", "Layers", "Tensors"]),
    room(
        "Towers", ["Augmentations", "Autodiff", "Failures", "Kernels", "Layers", "Storage", "Tensors"],
        resources: [.embedInCode("Presets")],
        computes: true),
]

let floor4: [Target] = [
    room(
        "Training",
        [
            "Augmentations", "Autodiff", "Catalogue", "Datasets", "Evaluation", "Failures", "Images", "Kernels",
            "Layers", "Objectives",
            "Storage", "Tensors", "Tokenizers", "Towers",
        ], computes: true),
    room(
        "Retrieval",
        [
            "Augmentations", "Autodiff", "Catalogue", "Datasets", "Evaluation", "Failures", "Images", "Kernels",
            "Storage",
            "Tensors", "Tokenizers", "Towers", "VectorIndex",
        ], computes: true),
    room("Terminal", ["Failures", "Processor"]),
]

let floor5: [Target] = [
    command(
        "clip-train",
        ["Augmentations", "Evaluation", "Failures", "Terminal", "Tokenizers", "Towers", "Training"]),
    command("clip-index", ["Datasets", "Evaluation", "Failures", "Retrieval", "Terminal", "VectorIndex"]),
    command("clip-search", ["Failures", "Retrieval", "Terminal"]),
    command("clip-export", ["Failures", "Retrieval", "Terminal"]),
    command("clip-shapes", ["Datasets", "Failures", "Terminal"]),
    command(
        "clip-benchmark",
        [
            "Augmentations", "Autodiff", "Datasets", "Failures", "Images", "Kernels", "Processor", "Storage", "Tensors",
            "Terminal", "Tokenizers", "Towers", "Training", "VectorIndex",
        ]),
]

let roomTests: [Target] = [
    .target(name: "PictureFixtures", dependencies: ["Images"], path: "Tests/PictureFixtures", swiftSettings: computing),
    tests("TensorsTests", ["Tensors"]),
    tests("KernelsTests", ["KernelInterface", "Kernels", "Processor", "Tensors"]),
    tests("ObjectivesTests", ["Autodiff", "Objectives", "Tensors"]),
    tests("AutodiffTests", ["Autodiff", "Kernels", "Processor", "Tensors"]),
    tests("EvaluationTests", ["Evaluation", "Kernels", "Tensors"]),
    tests("AugmentationsTests", ["Augmentations", "Images", "PictureFixtures", "Processor", "Tensors"]),
    tests("DatasetsTests", ["Augmentations", "Datasets", "Failures", "Images", "Storage", "Tensors", "Tokenizers"]),
    tests("ImagesTests", ["Failures", "Images", "PictureFixtures", "Processor"]),
    tests("CatalogueTests", ["Catalogue", "Failures"]),
    tests("VectorIndexTests", ["Failures", "Kernels", "Storage", "Tensors", "VectorIndex"]),
    tests(
        "RetrievalTests",
        [
            "Augmentations", "Autodiff", "Catalogue", "Datasets", "Failures", "Images", "Kernels", "Retrieval",
            "Storage",
            "Tokenizers", "Towers", "VectorIndex",
        ]),
    tests("TerminalTests", ["Failures", "Processor", "Terminal"]),
    tests(
        "TrainingTests",
        [
            "Augmentations", "Autodiff", "Catalogue", "Datasets", "Evaluation", "Failures", "Tensors", "Tokenizers",
            "Towers", "Training",
        ]),
    tests(
        "CommandTests",
        [
            "Evaluation", "Failures", "Images", "Training", "VectorIndex", "clip-benchmark", "clip-export",
            "clip-index", "clip-search",
            "clip-train",
        ]),
    tests("TokenizersTests", ["Failures", "Tokenizers"]),
    tests(
        "TowersTests", ["Augmentations", "Autodiff", "Failures", "Kernels", "Layers", "Storage", "Tensors", "Towers"]),
]

let package = Package(
    name: "swift-clip", platforms: [.macOS(.v26)],
    products: [
        // Usable alone: vectors with numbers, nothing of pictures or models.
        .library(name: "VectorIndex", targets: ["Failures", "VectorIndex"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: floor0 + floor1 + floor2 + floor3 + floor4 + floor5 + roomTests + fuzzers)
