"""English words that are also the names of cities: Orange, Nice, Reading, Bath, Buffalo.

These are the one-word names of GeoNames that WordNet or the captions of everyday photos have as
words in lower case, without those that are said for the place (China) or a person (Murphy).
"""

from __future__ import annotations

_LISTED = """
abbey abs advance aerodrome agency airport along altar alto ant anthem ape apex apples arcade arch
archer arches archway are arena armour arsenal ash aspen atlas auditorium aura awe axis bad badger
bag baker ball ballast bamboo banana band bang bangs bank banks bar barber bare barge bark barker
barking barley basin bat bath battle bay beach beacon bean bear beaver bed bee beer beg bell belt
bend bender bent berry best biking bishop bison biting blades bland blond blossom bluff bolt bone
boom boot booth born boulder boundary bourbon bow bowling bowman box bra bran branch brand brick
bride bridge brig bright brilliant bro brush buffalo bullet bulls bully bum bungalow burst bush
busy butte butterfly buy cab cabaret cache cafe canals cane canoe canon canyon car cargo carp
carpenter cars cash casino cast cat cathedral cave cedar celebration center centre chamber
champagne champion change chase chili chilly christmas church circle citadel citrus clover coats
coco cocoa cola college combine come comet comfort communal concrete condor contest convent
converse convoy cooling cork corn cot cottage countryside court cove coyote crane crater creek
crescent crest cricket crook crystal cube curry cut cuts cypress dad dame damp darling date delta
derby diamond die dig docking dollar dome downtown drain dresser driver drum dry dug dun dunes
eagle ear early earth eastern eclectic effort egg elm emerald enter evergreen eye falcon fare
farmland fell ferns fisher force foreman forest forth fortune fossil fountain four fours friend
front fully gap gas gay give glen glide god goes going golden golf got grab grabs grain gran grand
granite gray green grenade griffin grill grins groom grove halfway happy harbor hard harrow
harvest hat hatch hay hazard heel heritage hermitage heron hickory highland hill hills hillside
hire hit holder holiday home homestead honey hook horn hose hospital hot hull hunt hunter hunting
hut ivy jade jam jar jars junction justice king lab lad lakes lakeside lame landfall landing
landmark laps lash laurel lavender law lawn lay lead leader lens level lever linden line lit
lizard log long lookout loop loose lot lure mace mad made magazine magnet magnolia mahogany maiden
maize male mammoth man mango manor mansion many marathon marble march marches margarita marina
marine mart mascara masjid may maze mead meadow men mermaid messy met metro midfield mill miller
mills mine minor missy mobile mold mole monster monument moss most moth mound mounds much mud
muddy mustang myrtle mystic nave net newborn nice nine noble officer one opera opportunity orange
oriental otter over pack page paint pal pale panda paper parachute parent pasta paste pavilion pay
pea pearl peer pen pencil penguin piano pigeon piles pill pin pine pink pinnacle pinto pipes plain
plains plan plaque plate plateau plenty plum plunge point police poll polo pool pop port portal
porter poses posing post pouch pound prey principal privateer proctor progress prospect pry puck
punch purchase pure quarter queens race rail rain rainbow rake ran rapids raven ravine reading
real receiving red redhead redwood rein reserve reservoir retreat rib rice riddle ridge rifle ring
riverside robe rock rod rode rodeo root rose roses rosewood rouge rugby rule rum run rush rust
rustic rye sack sad sake sale sales salmon salon salt samba same sand sandwich sandy sap sapphire
sauce save savoy sawmill sax say scenic scissors seaside secretary section sedan see seem sees
sells settle shaft shamrock share shell shepherd sherry shoreline side silly siren sisters ski
skyline slater smile snow solo son song sort soy spa sparks speedway split spring springer springs
spur stagecoach stains stall staple star start steep still stock stone store story strand
strawberry street strong summit sunrise sunset sunshine superior swords tame tank tea temple
tequila terrace terry than them till time tire tires toast toll tombstone tool tower trail train
trainer triangle trim trip tuba tube tumble union university upland used usher vale valley van
vase veteran vicar victory villa violet vista volcano wake wall walls walnut war ward ways weaver
wedding weed weir well were western white wilderness willow wing winner winters woodland woodlands
wool yoga young zebra zone zoo
"""


def word_set(words: str) -> frozenset[str]:
    """The words of a text that are separated by spaces, as a set."""
    return frozenset(words.split())


ORDINARY_WORDS = word_set(_LISTED)
