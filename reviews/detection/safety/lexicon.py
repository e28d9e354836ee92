"""The words that rules are made of, by name. Entries carry the signs of `inflection.forms`."""

from reviews.detection.safety.inflection import forms, plural
from reviews.detection.safety.pattern import Piece, either, inflected, lines, one_of

SHORT = {
    "i'm": "i am",
    "im": "i am",
    "i'll": "i will",
    "i've": "i have",
    "i'd": "i would",
    "ima": "i am going to",
    "imma": "i am going to",
    "you're": "you are",
    "youre": "you are",
    "you'll": "you will",
    "you've": "you have",
    "you'd": "you would",
    "ur": "you are",
    "we're": "we are",
    "we'll": "we will",
    "we'd": "we would",
    "we've": "we have",
    "they're": "they are",
    "they'll": "they will",
    "they'd": "they would",
    "he's": "he is",
    "he'll": "he will",
    "she's": "she is",
    "she'll": "she will",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "what's": "what is",
    "who's": "who is",
    "let's": "let us",
    "lets": "let us",
    "can't": "can not",
    "cant": "can not",
    "cannot": "can not",
    "won't": "will not",
    "wont": "will not",
    "don't": "do not",
    "dont": "do not",
    "didn't": "did not",
    "doesn't": "does not",
    "isn't": "is not",
    "ain't": "am not",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "y'all": "you",
    "yall": "you",
    "f'ing": "fucking",
    "f-ing": "fucking",
    "effing": "fucking",
    "f'in": "fucking",
}
_SOUND_SWEARING = """
fucked fucking fuckin fucker:n fuckface fuckhead fuckwit fuckup motherfuck:vr motherfucking
bullshit:r shitty shitting shithead shithole shitshow dipshit:n horseshit batshit apeshit
asshole:n arsehole:n dumbass jackass badass fatass bitchy bitching bastard:n cocksucker:n
dickhead:n twat:n wanker:n bollocks douchebag:n douche goddamn goddammit goddamned dammit pissed
fucktard:n clusterfuck cumshot
"""
_MISHEARD = """
fuck:n shit:n wank:v cunt:n bitch:n dick:n cock:n prick:n piss:v ass:n arse:n tit:n whore:n slut:n
"""
_PLAIN_SLURS = """
nigger:n nigga:n faggot:n raghead:n towelhead:n sandnigger:n wetback:n beaner:n chinaman kike:n
tranny trannies shemale:n muzzie:n muzzy rapefugee:n camelfucker:n gypo:n golliwog:n pickaninny
jihadi:n coontang porchmonkey:n zipperhead:n negress lesbo:n mudslime:n retarded feminazi:n
"""
_UNCLEAR_SLURS = """
fag:n dyke:n queer:n coon:n spic:n chink:n jap:n gook:n paki:n retard:n mong:n spastic:n cripple:n
negro negroes darky darkie:n paddy gypsy cracker:n spook:n slope:n dago:n polack:n kraut:n mick:n
homo:n tard:n savage:n
"""
_ENTRIES = {
    "i": "i we",
    "be": "am is are was were be been being",
    "are": "are is were was r",
    "say": "say said says saying call called calls calling write wrote writes writing tell told "
    "tells telling claim:v shout:v yell:v scream:v post:v tweet:v chant:v phrase:n statement:n "
    "accuse:v quote:v word slogan:n insinuate:v",
    "swearing": _SOUND_SWEARING,
    "misheard": _MISHEARD,
    "fucking": "fucking fuckin fucked goddamn damn bloody freaking",
    "slur": _PLAIN_SLURS,
    "unclear_slur": _UNCLEAR_SLURS,
    "women_slur": "hoe:n ho:n skank:n whore:n slut:n bitch:n cunt:n",
    "insult": "idiot:n moron:n imbecile:n cretin:n dumbass dimwit:n halfwit:n nitwit:n loser:n "
    "scumbag:n scum jerk:n asshole:n arsehole:n bastard:n twat:n wanker:n "
    "dickhead:n douchebag:n dipshit:n shithead:n motherfucker:n fucker:n retard:n fool:n "
    "lowlife:n coward:n slob:n creep:n weirdo:n psycho:n lunatic:n clown:n buffoon:n "
    "jackass fucktard:n parasite:n pervert:n dumbo blockhead:n simpleton:n dummy "
    "numbskull:n fuckwit:n fuckhead:n fuckface",
    "unclear_insult": "bitch:n prick:n cunt:n dick:n whore:n slut:n douche pig:n",
    "person_insult": "idiot:n moron:n imbecile:n asshole:n bastard:n "
    "dickhead:n douchebag:n dipshit:n shithead:n motherfucker:n fucker:n scumbag:n twat:n "
    "wanker:n cretin:n",
    "liar": "liar:n crook:n thief thieves scammer:n fraud conman cheat:n swindler:n",
    "bad": "stupid dumb lazy idiotic moronic pathetic worthless disgusting brainless braindead "
    "ugly "
    "retarded despicable repulsive useless fat imbecilic hopeless incompetent",
    "very": "so really very such too just that totally completely absolutely all pretty quite",
    "kill": "kill murder strangle slaughter stab rape execute butcher behead decapitate lynch "
    "exterminate massacre assassinate gut eradicate annihilate",
    "hurt": "hurt shoot hit beat punch slap hang choke burn smash smack knock harm attack torture "
    "whip stomp drown crush destroy bury poison break cut kick",
    "killed": "killed murdered strangled slaughtered stabbed raped executed butchered beheaded "
    "lynched exterminated massacred eradicated annihilated gassed shot hanged hung burned burnt "
    "drowned tortured beaten crushed whipped slapped punished gunned sterilized sterilised "
    "castrated deported expelled wiped removed eliminated culled incinerated",
    "killing": "killing murdering strangling slaughtering stabbing raping executing lynching "
    "exterminating shooting beating hanging torturing hurting burning",
    "body": "throat neck face head legs arms skull teeth nose jaw eyes brains bones fingers knees",
    "him": "him her them everyone everybody someone somebody",
    "place": "office building bank house home branch headquarters store shop place car school "
    "company town hospital church mosque synagogue centre center airport plane",
    "gun": "gun guns rifle pistol shotgun handgun knife machete glock revolver ak47 ar15 bomb",
    "hate": "hate despise detest loathe abhor hated hates despises loathes",
    "hatred": "contempt disdain hatred disgust loathing",
    "vile": "disgusting vile repulsive repugnant subhuman inferior worthless sickening revolting "
    "despicable dumbest stupidest worst dishonest violent cruel evil disease diseased stupid dumb "
    "ignorant pathetic savage barbaric filthy primitive abominable horrible shitty useless "
    "uncivilised uncivilized ugly idiotic backward deplorable degenerate lazy dirty disgrace",
    "vermin": "vermin scum rat:n cockroach:n roach:n parasite:n cancer plague trash garbage filth "
    "animal:n savage:n criminal:n terrorist:n pest:n pig:n ape:n monkey:n liar:n rapist:n disease "
    "dirt virus scumbag:n degenerate:n leech:n dog:n maggot:n insect:n whore:n slut:n subhuman:n "
    "thief thieves monster:n barbarian:n scammer:n burden drain "
    "idiot:n moron:n abomination:n bitch:n piss shit",
    "good": "equal allowed intelligent smart attractive trusted trust trustworthy human welcome "
    "worthy decent honest clever civilised civilized beautiful normal capable good equals "
    "valuable respected",
    "sheet": "balance spread data time term fact rate cheat excel cover work rap income dough tip "
    "score ice bed",
    "sexual": "porn porno pornography pornographic blowjob:n handjob:n orgasm:n masturbate:v "
    "masturbation dildo:n horny erection:n hooker:n prostitute:n prostitution stripper:n "
    "ejaculate:v incest paedophile:n pedophile:n nympho milf fellatio cunnilingus threesome:n "
    "jerking gangbang:n foreplay",
    "drug": "cocaine heroin methamphetamine meth fentanyl lsd mdma ketamine marijuana cannabis "
    "amphetamine:n psilocybin narcotics ghb opium crackhead:n junkie:n stoner:n hashish cokehead:n "
    "methhead:n oxycontin",
    "spirit": "vodka whiskey whisky tequila moonshine",
    "weapon": "rifle:n pistol:n handgun:n shotgun:n firearm:n ammo ammunition grenade:n machete:n "
    "explosives dynamite ak47 ar15 glock:n switchblade:n machinegun:n ar-15 ak-47 "
    "gunpoint knifepoint",
    "sport": "football basketball horses soccer boxing cricket tennis baseball games dogs races "
    "sports hockey",
    "gambling": "gambles gambled casino:n gambling gambler:n blackjack roulette "
    "sportsbook:n bookie:n bookmaker:n "
    "baccarat wagering",
    "violence": "murder:v murderer:n homicide:n rapist:n manslaughter massacre:n kidnap:v "
    "kidnapping kidnapper:n molester:n arson arsonist:n genocide terrorism lynching:n "
    "stabbing:n carjacked carjacking beheaded strangled infanticide raped raping "
    "assaulted mugged stabbed molested shootings",
    "number": "two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion percent dollars dollar months weeks days years hours "
    "point digit digits dash zero",
    "fill": "just all so really very such a an the like as absolutely nothing but common total "
    "complete totally completely utter truly simply basically still only pretty that this most "
    "more of any kind human massive huge big absolute complete utter actual pure pathetic stupid "
    "dumb of kind being even always rather quite some sort honestly literally fucking",
    "after_folk": "like is are was were should can could would will who that in ever deserve "
    "deserves ought must needs has i and tomorrow today i",
    "all": "all every each any most",
    "filth": "vermin scum trash garbage filth parasites scumbag:n whore:n slut:n bitch:n",
    "relation": "cop officer agent manager teacher judge neighbor neighbour boss driver doctor "
    "nurse husband wife brother sister mother father mom dad son daughter ex boyfriend girlfriend",
    "man": "man woman men women guy guys girl girls boy boys people person lady ladies kid kids",
    "spelling": "spell spelled spelling letter:n name code email username password reference "
    "postcode zip confirmation surname plate",
    "condemned": "hateful hurtful bigoted bigot racist racism sexist unacceptable offensive "
    "disheartening deplorable illegal jail prison consequences banned suspended reported horrible "
    "appalling awful shocked shocking ashamed respect apologise apologize",
}


_GROUP = """
<folk> !'s
<folk> 's =lives/life/throats/neck
a/an/any/every/each/no/one/another <folk_one> 's =life/throat/neck
a/an/any/every/each/no/one/another <folk_one> =<after_folk>
this/that/the <folk_one> =<after_folk>
a/an/any/every/each/no/other woman
<folk_adjective> <folk_noun>
people of color/colour
<folk_adjective> and <folk_adjective> <folk_noun>
all/the/these/those/you blacks/gays/foreigners
"""
"""People for what they are: by sex, skin, faith, origin, love, body."""
_FOLK_ONE = """
muslim jew immigrant migrant refugee lesbian homosexual transsexual mexican african arab asian
indian pakistani latino hispanic christian hindu catholic atheist buddhist sikh bisexual nigerian
somali syrian afghan iraqi feminist
"""
_FOLK_ADJECTIVE = """
black white gay trans disabled brown muslim jewish female immigrant lesbian homosexual transgender
asian african mexican arab arabic hispanic indian chinese foreign autistic deaf blind handicapped
islamic queer colored coloured bisexual hindu pakistani elderly
"""
_FOLK_NOUN = """
people person folk folks man men woman women lives life girl:n boy:n guy:n kid:n child children
individual:n skin neck
"""


def _made() -> dict[str, Piece]:
    names = {name: inflected(entries) for name, entries in _ENTRIES.items()}
    names["folk"] = one_of(["women", "gypsies", *map(plural, _FOLK_ONE.split())])
    names["folk_one"] = inflected(_FOLK_ONE)
    names["folk_adjective"] = inflected(_FOLK_ADJECTIVE)
    names["folk_noun"] = inflected(_FOLK_NOUN)
    names["like_them"] = lines("like/as you/that/them/him/her", names)
    names["those"] = inflected(
        "these those all such the you any every other this that next our their your some a of"
    )
    names["people"] = lines(_GROUP, names)
    names["group"] = lines(
        "<all>? one? <those>? <those>? kinds/kind? of? <those>? <people> <like_them>?", names
    )
    names["harm"] = either([names["kill"], names["hurt"]])
    names["doomed"] = either([names["killed"], inflected("suffer die burn dead gone rot")])
    names["intend"] = lines(
        """
        will/would/could/should/must/might/may/shall
        am going/about/ready/prepared/willing to
        are going/about/ready/prepared to
        going to
        want/wants/wanted/like/love/have/need/plan/intend/dying/swear to
        would like/love to
        ought to
        oughta
        """,
        names,
    )
    return names


NAMES = _made()
MASKABLE = tuple(
    dict.fromkeys(
        form
        for entry in f"{_SOUND_SWEARING} {_MISHEARD} {_PLAIN_SLURS} pussy:n damn crap".split()
        for form in forms(entry)
    )
)
"""Words that a mask may hide."""
