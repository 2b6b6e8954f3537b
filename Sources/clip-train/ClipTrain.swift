import ArgumentParser
import Failures
import Terminal
import Training

@main struct ClipTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-train",
        abstract: "Train a model that finds pictures by words, from pictures and captions, pictures alone, or texts.",
        discussion: """
            DATA is a folder or file: captions.tsv, a table, JSON lines, COCO captions, an ImageFolder with metadata, \
            tar shards, a .txt beside each picture, class folders, or IDX; for objectives on pictures alone any folder of \
            pictures, for those on texts a .txt or .tsv, or a folder of .txt and .md. What was understood is printed first.

            Ctrl-C finishes the step, writes a checkpoint and leaves; --resume RUN goes on.
            """)

    @Argument(help: "Folder or file with pictures and captions.") var data: String?
    @OptionGroup(title: "Data") var dataOptions: DataOptions
    @OptionGroup(title: "Objectives") var objectiveOptions: ObjectiveOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Towers that come trained") var towerOptions: TowerOptions
    @OptionGroup(title: "Training") var recipeOptions: RecipeOptions
    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard data != nil || runOptions.resume != nil else {
            throw ValidationError("Missing expected argument '<data>': a folder or file with pictures and captions.")
        }
    }

    func run() throws {
        reportingFailures(from: "clip-train") { () throws(Failure) in
            Interruption.watch()
            var options = TrainingOptions()
            options.data = data
            dataOptions.fill(&options)
            try objectiveOptions.fill(&options)
            modelOptions.fill(&options)
            towerOptions.fill(&options)
            recipeOptions.fill(&options)
            runOptions.fill(&options)
            if options.previewedPictures != nil {
                let preview = try previewAugmentations(options)
                return say(
                    "wrote \(countText(preview.pictures)) pictures with \(preview.views) views each to "
                        + oneLine(preview.path))
            }
            var talk = Talk(printsJSON: runOptions.json)
            defer { talk.finish() }
            try train(options, isInterrupted: { Interruption.isRequested }) { (event) throws(Failure) in
                try talk.tell(event)
            }
        }
    }
}
