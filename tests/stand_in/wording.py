"""Words of made-up reports: sentences put together from templates, different from record to record."""

from __future__ import annotations

from random import Random

CONDITIONS = (
    "chronic low back pain", "neck pain", "lumbar facet joint pain", "sacroiliac joint pain", "lumbar radiculopathy",
    "cervical radicular pain", "persistent pain after spinal surgery", "thoracic myofascial pain",
    "failed back surgery", "cervicogenic headache",
)  # fmt: skip
PROCEDURES = (
    "erector spinae plane block", "medial branch block", "caudal injection", "transforaminal injection",
    "facet joint injection", "sacroiliac joint injection", "interfascial plane block", "fascia hydrodissection",
    "greater occipital nerve block", "quadratus lumborum block", "selective nerve root block",
)  # fmt: skip
COMPARATORS = (
    "the same injection under fluoroscopy", "landmark-guided injection", "sham injection", "physiotherapy",
    "computed tomography guidance", "saline", "usual care", "pulsed radiofrequency",
)  # fmt: skip
DESIGNS = (
    "a randomised controlled trial", "a prospective cohort study", "a retrospective comparison", "a pilot study",
    "a case series", "a double-blind randomised trial", "a non-randomised comparison", "a technical note",
)  # fmt: skip
PLACES = (
    "a university hospital", "two pain clinics", "a rehabilitation centre", "a day-surgery unit", "five centres",
    "a tertiary pain centre", "a regional hospital", "an outpatient clinic",
)  # fmt: skip
SURNAMES = (
    "Abebe", "Björnsson", "Çelik", "Dvořák", "Eriksen", "Fernández", "Grünwald", "Haddad", "Ito", "Jørgensen",
    "Kowalczyk", "Łuczak", "Müller", "Nguyễn", "O'Connor", "Papadopoulos", "Quispe", "Rossi", "Suárez", "Tanaka",
    "Ueda", "van den Berg", "Wójcik", "Xu", "Yılmaz", "Żukowski",
)  # fmt: skip
FORENAMES = (
    "Amina", "Bogdan", "Chiara", "Dmitri", "Eun-Ji", "François", "Giulia", "Hassan", "Ingrid", "João", "Keiko",
    "Lars", "Mei", "Niamh", "Olga", "Paulo", "Rania", "Stefan", "Thi", "Zeynep",
)  # fmt: skip
JOURNALS = (
    ("Annals of Made-up Pain", "Ann Madeup Pain", "1111-0001"),
    ("Journal of Imagined Sonography", "J Imagined Sonogr", "1111-0002"),
    ("Spine & Needle", "Spine Needle", "1111-0003"),
    ("Archives of Invented Anaesthesia", "Arch Invent Anaesth", "1111-0004"),
    ("Acta Ficta Medica", "Acta Ficta Med", "1111-0005"),
    ("Notional Physical Therapy", "Notion Phys Ther", "1111-0006"),
)
LANGUAGES = ("eng",) * 12 + ("ger", "chi", "spa", "tur", "fre", "kor")
VERNACULAR = {
    "ger": "Ultraschallgestützte Infiltration – Ergebnisse nach {weeks} Wochen",
    "chi": "超声引导下注射治疗的疗效观察（{weeks}周）",
    "spa": "Inyección guiada por ecografía: resultados a las {weeks} semanas",
    "tur": "Ultrason eşliğinde enjeksiyon: {weeks}. hafta sonuçları",
    "fre": "Infiltration échoguidée : résultats à {weeks} semaines",
    "kor": "초음파 유도 주사: {weeks}주 결과",
}


def title(rng: Random) -> str:
    """Return a title."""
    condition, procedure = rng.choice(CONDITIONS), rng.choice(PROCEDURES)
    other, design = rng.choice(COMPARATORS), rng.choice(DESIGNS)
    forms = (
        f"Ultrasound-guided {procedure} versus {other} for {condition}: {design}",
        f"Effect of ultrasound-guided {procedure} on {condition} at {weeks(rng)} weeks: {design}",
        f"{procedure.capitalize()} under ultrasound in {condition}: {design} in {rng.choice(PLACES)}",
        f"Is sonographic guidance of the {procedure} as good as {other}? {design.capitalize()}",
    )
    return rng.choice(forms)


def weeks(rng: Random) -> int:
    """Return a time of follow-up in weeks."""
    return rng.choice((1, 2, 4, 6, 8, 12, 24, 26, 52))


def abstract(rng: Random) -> list[tuple[str, str]]:
    """Return the labelled parts of an abstract; a caller may leave the labels out."""
    n = rng.randrange(18, 240)
    before = [rng.uniform(5.1, 8.4) for _ in "ab"]
    after = [value * rng.uniform(0.3, 0.8) for value in before]
    spread = [rng.uniform(0.6, 2.4) for _ in "abcd"]
    when, condition, procedure = weeks(rng), rng.choice(CONDITIONS), rng.choice(PROCEDURES)
    results = (
        f"Mean pain fell from {before[0]:.1f} ± {spread[0]:.1f} to {after[0]:.1f} ± {spread[1]:.1f} in the "
        f"ultrasound group and from {before[1]:.1f} ± {spread[2]:.1f} to {after[1]:.1f} ± {spread[3]:.1f} in the "
        f"other group at {when} weeks (p {rng.choice(('<', '='))} 0.0{rng.randrange(1, 9)})."
    )
    extra = (
        f" The disability index was {rng.randrange(30, 70)}% at first and {rng.randrange(10, 30)}% later.",
        f" {rng.randrange(0, 9)} of {n} participants reported an adverse event.",
        f" The procedure took {rng.uniform(3, 22):.1f} min.",
        "",
    )
    return [
        ("BACKGROUND", f"Whether imaging helps the {procedure} in {condition} is not settled."),
        ("METHODS", f"We enrolled {n} adults in {rng.choice(PLACES)} and followed them for {when} weeks."),
        ("RESULTS", results + rng.choice(extra)),
        (
            "CONCLUSIONS",
            f"The {procedure} {rng.choice(('seems useful', 'was no better', 'needs larger trials'))}.",
        ),
    ]


def people(rng: Random) -> list[tuple[str, str]]:
    """Return surnames and forenames of the authors."""
    return [(rng.choice(SURNAMES), rng.choice(FORENAMES)) for _ in range(rng.randrange(1, 8))]
