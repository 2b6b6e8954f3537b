import Failures
import Foundation
import Testing

@testable import Training

@Suite struct TrainingSettingsTests {
    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) {
            try body()
            return nil
        } catch { return error }
    }

    @Test(arguments: [(20, 4, 3.0), (600, 128, 3.0), (10_800, 128, 11.0), (1_000_000, 128, 60.0)])
    func `the data's size decides what was left open`(pairs: Int, batchSize: Int, minutes: Double) {
        let settings = TrainingOptions().settings(pairs: pairs)
        #expect(settings.batchSize == batchSize && settings.minutes == minutes && settings.epochs == 100)
    }

    @Test func `an end given by the user stands alone`() {
        var options = TrainingOptions()
        options.epochs = 3
        let settings = options.settings(pairs: 1000)
        #expect(settings.minutes == nil && settings.budget(stepsPerEpoch: 7) == Budget(steps: 21, minutes: nil))
        options.steps = 5
        #expect(options.settings(pairs: 1000).budget(stepsPerEpoch: 7).steps == 5)
    }

    @Test func `settings survive their JSON`() throws {
        var options = TrainingOptions()
        options.csvImageKey = "path"
        options.emaDecay = 0.99
        options.augmentation = .resizedCrop
        let settings = options.settings(pairs: 1000)
        let json = try JSONText.pretty(settings)
        #expect(json.contains("\"image_resize_mode\" : \"shortest\"") && json.contains("\"csv_image_key\""))
        #expect(try JSONText.read(TrainingSettings.self, Data(json.utf8), named: "run.json") == settings)
    }

    @Test func `an impossible number is named with its range`() {
        var options = TrainingOptions()
        options.batchSize = 1
        let line = failure { () throws(Failure) in try options.check() }?.line
        #expect(line?.contains("--batch-size: found 1, expected 2") == true)
    }

    @Test func `shares and parts that cannot be are refused, and so are patches that nobody computes`() {
        let fills: [((inout TrainingOptions) -> Void, String)] = [
            ({ $0.patchDropout = 1 }, "--patch-dropout: found 1.0"),
            ({ $0.microBatch = 0 }, "--micro-batch: found 0"),
        ]
        for (fill, expected) in fills {
            var options = TrainingOptions()
            fill(&options)
            let line = failure { () throws(Failure) in try options.check() }?.line
            #expect(line?.contains(expected) == true, "\(line ?? "nothing")")
        }
        var options = TrainingOptions()
        (options.imageTower, options.patchDropout) = ("models/x", 0.5)
        let line = failure { () throws(Failure) in _ = try options.towerSettings() }?.line
        #expect(line?.contains("--patch-dropout: the picture tower is locked") == true, "\(line ?? "nothing")")
        (options.patchDropout, options.resolutionSchedule) = (nil, ResolutionSchedule("48:0.8"))
        let other = failure { () throws(Failure) in _ = try options.towerSettings() }?.line
        #expect(other?.contains("--resolution-schedule: the picture tower is locked") == true, "\(other ?? "nothing")")
    }

    @Test(arguments: ["--patch-dropout", "--micro-batch", "--resolution-schedule"])
    func `a resumed run keeps what a step computes`(option: String) {
        var options = TrainingOptions()
        (options.patchDropout, options.microBatch) = (0.5, 16)
        options.resolutionSchedule = ResolutionSchedule("48:0.8")
        let settings = options.settings(pairs: 1000)
        #expect(failure { () throws(Failure) in try options.agree(with: settings, of: "runs/a") } == nil)
        switch option {
        case "--micro-batch": options.microBatch = 8
        case "--patch-dropout": options.patchDropout = 0.25
        default: options.resolutionSchedule = ResolutionSchedule("32:0.8")
        }
        let refusal = failure { () throws(Failure) in try options.agree(with: settings, of: "runs/a") }
        #expect(refusal?.why.hasPrefix("\(option) is ") == true)
    }

    @Test func `a resumed run refuses another setting and takes the same one`() {
        var options = TrainingOptions()
        options.data = "/d"
        let settings = options.settings(pairs: 1000)
        options.learningRate = 1e-3
        #expect(failure { () throws(Failure) in try options.agree(with: settings, of: "runs/a") } == nil)
        options.learningRate = 5e-4
        let refusal = failure { () throws(Failure) in try options.agree(with: settings, of: "runs/a") }
        #expect(refusal?.kind == .badSettings && refusal?.why == "--lr is 0.0005, but the run has 0.001")
    }
}
